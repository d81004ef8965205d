import { renderFailure, type GraphFailure } from "./graph-error.ts";

/**
 * Answer of a route. `cut` destroys the connection instead; `hang` leaves it open without an
 * answer.
 */
export interface Reply {
  readonly status: number;
  readonly body: string | Buffer;
  readonly contentType?: string;
  readonly delayMs?: number;
  readonly cut?: boolean;
  readonly hang?: boolean;
}

export function replyJson(value: unknown, status = 200): Reply {
  return { status, body: JSON.stringify(value) };
}

export function replyFailure(failure: GraphFailure): Reply {
  return { status: failure.answer.httpStatus, body: renderFailure(failure) };
}

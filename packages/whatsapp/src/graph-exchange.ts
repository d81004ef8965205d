import type { Dispatcher, Pool } from "undici";

/** Result of one HTTP exchange: an answer, or whether the request may have been written. */
export type Exchange =
  | { kind: "answer"; httpStatus: number; text: string }
  | { kind: "not-sent"; reason: string }
  | { kind: "unknown"; reason: string };

export interface ExchangeRequest {
  method: "GET" | "POST" | "DELETE";
  path: string;
  headers: string[];
  body: string | Buffer | null;
  /** Called at the last moment before the request is written. If false, it is `not-sent`. */
  mayLeave?: (() => boolean) | undefined;
}

const responseBytesMax = 16 * 1024 * 1024;

/**
 * Sends one request and never rejects. `not-sent` is exact and doesn't depend on error codes:
 * undici calls `onRequestStart` immediately before the first byte of a request goes to a socket
 * (client-h1.js `writeH1`). A request that fails earlier (DNS, refused, TLS, connect timeout, idle
 * socket closed in time, pool destroyed) was not sent; one that fails later may have been sent.
 * `request()` hides that moment.
 *
 * Waits at most `timeoutMs` for a connection, then at most `timeoutMs` for the whole answer.
 */
export function exchange(
  pool: Pool,
  { method, path, headers, body, mayLeave }: ExchangeRequest,
  timeoutMs: number,
): Promise<Exchange> {
  return new Promise((resolve) => {
    const handler = new ExchangeHandler(resolve, timeoutMs, mayLeave);
    // Only this timer counts: undici's restarts with each chunk and ticks in half seconds.
    pool.dispatch({ method, path, headers, body, headersTimeout: 0, bodyTimeout: 0 }, handler);
  });
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #resolve: (outcome: Exchange) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #mayLeave: (() => boolean) | undefined;
  #controller: Dispatcher.DispatchController | null = null;
  #settled = false;
  #httpStatus = 0;
  #bytes = 0;
  #chunks: Buffer[] = [];

  constructor(
    resolve: (outcome: Exchange) => void,
    timeoutMs: number,
    mayLeave: (() => boolean) | undefined,
  ) {
    this.#resolve = resolve;
    this.#mayLeave = mayLeave;
    this.#timer = setTimeout(() => this.#onTimeout(timeoutMs), timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#settled || this.#controller !== null) {
      // The request timed out while waiting for a connection, or undici is about to write it again:
      // undici keeps a running request whose socket closes with UND_ERR_INFO. No message may be
      // sent twice.
      controller.abort(new Error("given up"));
      return;
    }
    if (this.#mayLeave?.() === false) {
      this.#settle({ kind: "not-sent", reason: "its time was over" });
      controller.abort(new Error("its time was over"));
      return;
    }
    this.#controller = controller;
    this.#timer.refresh();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, statusCode: number): void {
    this.#httpStatus = statusCode;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > responseBytesMax) {
      controller.abort(new Error("answer too large"));
      return;
    }
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const whole = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
    this.#settle({ kind: "answer", httpStatus: this.#httpStatus, text: whole.toString("utf8") });
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    const reason = reasonOf(error);
    if (this.#controller === null) this.#settle({ kind: "not-sent", reason });
    else this.#settle({ kind: "unknown", reason });
  }

  #onTimeout(timeoutMs: number): void {
    if (this.#controller === null) {
      this.#settle({ kind: "not-sent", reason: `no connection within ${timeoutMs} ms` });
      return;
    }
    this.#settle({ kind: "unknown", reason: `no complete answer within ${timeoutMs} ms` });
    this.#controller.abort(new Error("answer timed out"));
  }

  #settle(outcome: Exchange): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#resolve(outcome);
  }
}

// Only the code is used: an error's message can contain addresses and header values.
function reasonOf(error: Error): string {
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error instanceof AggregateError) {
    const [first] = error.errors;
    if (first instanceof Error) return reasonOf(first);
  }
  return error.name;
}

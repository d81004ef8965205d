import type { GraphFailure } from "./graph-failure.ts";

/** Meta answered and refused the request. `failure` holds its words and the reaction. */
export class GraphError extends Error {
  override readonly name = "GraphError";
  readonly failure: GraphFailure;

  constructor(failure: GraphFailure) {
    super(`Meta refused the request with code ${failure.code}: ${failure.title}`);
    this.failure = failure;
  }
}

/** No usable answer from the Graph API: unreachable, timed out, or answered by another server. */
export class GraphUnavailableError extends Error {
  override readonly name = "GraphUnavailableError";
  readonly reason: string;

  constructor(reason: string) {
    super(`Meta's Graph API gave no answer: ${reason}`);
    this.reason = reason;
  }
}

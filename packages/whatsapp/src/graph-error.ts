import type { GraphFailure } from "./graph-failure.ts";

/** Meta answered and refused. `failure` holds its words and what to do. */
export class GraphError extends Error {
  override readonly name = "GraphError";
  readonly failure: GraphFailure;

  constructor(failure: GraphFailure) {
    super(`Meta refused the request with code ${failure.code}: ${failure.title}`);
    this.failure = failure;
  }
}

/** No answer of the Graph API came: unreachable, timed out, or something else answered. */
export class GraphUnavailableError extends Error {
  override readonly name = "GraphUnavailableError";
  readonly reason: string;

  constructor(reason: string) {
    super(`Meta's Graph API gave no answer: ${reason}`);
    this.reason = reason;
  }
}

import { GraphError, GraphUnavailableError } from "@loudhailer/whatsapp/graph-error.ts";
import type { GraphFailure } from "@loudhailer/whatsapp/graph-failure.ts";
import { DomainError } from "./domain-error.ts";

/** Returns e.g. `Meta refused the access token with code 190: "Invalid OAuth access token".` */
export function refusalSentence(what: string, failure: GraphFailure): string {
  const words = failure.details ?? failure.userMessage ?? failure.title;
  return `Meta refused ${what} with code ${failure.code}: "${words}".`;
}

/**
 * Returns a `refused_by_meta` error with Meta's code and texts as details. `message` says what
 * was refused and what to do.
 */
export function refusedByMeta(message: string, failure: GraphFailure): DomainError {
  return new DomainError("refused_by_meta", message, {
    metaCode: failure.code,
    metaSubcode: failure.subcode,
    metaMessage: failure.message,
    metaDetails: failure.details,
    metaUserTitle: failure.userTitle,
    metaUserMessage: failure.userMessage,
    fbtraceId: failure.fbtraceId,
  });
}

const temporary: ReadonlySet<GraphFailure["disposition"]["kind"]> = new Set([
  "retry",
  "retry-recipient",
  "throttle-number",
  "hold-number",
]);

/**
 * Returns a `meta_unavailable` error: Meta can't be reached or has a temporary problem. Nothing
 * was changed, and the same call may succeed later.
 */
export function metaUnavailable(reason: string, failure?: GraphFailure): DomainError {
  return new DomainError(
    "meta_unavailable",
    `Meta's API could not be asked (${reason}). Nothing was changed; try again in a moment.`,
    failure && { metaCode: failure.code, metaMessage: failure.message },
  );
}

/**
 * Returns the failure of a Graph call that Meta refused permanently. Rethrows errors that don't
 * come from Graph.
 * @throws DomainError `meta_unavailable` if Meta couldn't be reached or asked to wait
 */
export function finalFailureOf(error: unknown): GraphFailure {
  if (error instanceof GraphUnavailableError) throw metaUnavailable(error.reason);
  if (!(error instanceof GraphError)) throw error;
  const { failure } = error;
  if (temporary.has(failure.disposition.kind)) {
    throw metaUnavailable(`Meta asks to wait, with code ${failure.code}`, failure);
  }
  return failure;
}

/**
 * Does the same as `finalFailureOf` for a call that changes something at Meta. Without a response
 * the change may have been made, and `howToCheck` says how to find out.
 * @throws DomainError `meta_unavailable` if Meta never responded or asked to wait
 */
export function finalFailureOfWrite(error: unknown, howToCheck: string): GraphFailure {
  if (!(error instanceof GraphUnavailableError)) return finalFailureOf(error);
  throw new DomainError(
    "meta_unavailable",
    `Meta's answer never came (${error.reason}): it may have been done. ${howToCheck}`,
  );
}

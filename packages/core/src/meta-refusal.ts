import { GraphError, GraphUnavailableError } from "@loudhailer/whatsapp/graph-error.ts";
import type { GraphFailure } from "@loudhailer/whatsapp/graph-failure.ts";
import { DomainError } from "./domain-error.ts";

/** `Meta refused the access token with code 190: "Invalid OAuth access token".` */
export function refusalSentence(what: string, failure: GraphFailure): string {
  const words = failure.details ?? failure.userMessage ?? failure.title;
  return `Meta refused ${what} with code ${failure.code}: "${words}".`;
}

/** `message` says what was refused and what to do; Meta's code and words go along as details. */
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

const passing: ReadonlySet<GraphFailure["disposition"]["kind"]> = new Set([
  "retry",
  "retry-recipient",
  "throttle-number",
  "hold-number",
]);

/** Meta is out of reach, or has passing trouble: nothing was changed, the same call may succeed later. */
export function metaUnavailable(reason: string, failure?: GraphFailure): DomainError {
  return new DomainError(
    "meta_unavailable",
    `Meta's API could not be asked (${reason}). Nothing was changed; try again in a moment.`,
    failure && { metaCode: failure.code, metaMessage: failure.message },
  );
}

/**
 * Sorts what a call to Graph threw: answers the failure where Meta refused for good, throws
 * `meta_unavailable` where it was out of reach or asked to wait, rethrows anything else.
 */
export function finalFailureOf(error: unknown): GraphFailure {
  if (error instanceof GraphUnavailableError) throw metaUnavailable(error.reason);
  if (!(error instanceof GraphError)) throw error;
  const { failure } = error;
  if (passing.has(failure.disposition.kind)) {
    throw metaUnavailable(`Meta asks to wait, with code ${failure.code}`, failure);
  }
  return failure;
}

/**
 * As `finalFailureOf`, of a call that changes something at Meta: without an answer it may have been
 * done, and `lookFirst` says how to find out.
 */
export function finalFailureOfWrite(error: unknown, lookFirst: string): GraphFailure {
  if (!(error instanceof GraphUnavailableError)) return finalFailureOf(error);
  throw new DomainError(
    "meta_unavailable",
    `Meta's answer never came (${error.reason}): it may have been done. ${lookFirst}`,
  );
}

import { pauseScopeOf, type FailurePause } from "@loudhailer/core/pauses/pause-for-failure.ts";
import { cappedAttemptsMax } from "@loudhailer/db/marketing-codes.ts";
import type { SettledError, Settlement } from "@loudhailer/db/settle-recipients.ts";
import type { ClaimedRecipient } from "@loudhailer/pacing/claim-recipients.ts";
import { decisiveCode, type Disposition } from "@loudhailer/whatsapp/error-taxonomy.ts";
import type { GraphFailure } from "@loudhailer/whatsapp/graph-failure.ts";
import type { SendOutcome } from "@loudhailer/whatsapp/send-outcome.ts";

/** Effect of an outcome beyond its own recipient. */
export type Consequence =
  | { kind: "throttle-number" }
  | { kind: "hold-number"; ms: number }
  | ({ kind: "pause" } & FailurePause);

export interface Decision {
  settlement: Settlement;
  consequence: Consequence | null;
  /** True if Meta refused the message for its row's values; suspicious if it refuses most rows. */
  isRowRefused: boolean;
}

/** Conditions of a decision besides the outcome. */
export interface Circumstances {
  /** The broadcast's choice for recipients who already get many marketing messages. */
  marketingCap: "fail" | "retry_after_24h";
  /** True while Meta doesn't answer at all, which isn't due to the recipient. */
  isMetaAway: boolean;
}

const attemptsMax = 5;
// 1, 4, 16 and 64 s: an outage of a minute fails no recipients.
const platformDelayBase = 4;
const throttledDelayMs = 1_000;
// Meta couldn't be reached: no attempt is used up, and the circuit breaker notices an outage.
const unreachableMs = 1_000;
// A paused recipient is fed again on resume; the delay only keeps it from being claimed at once.
const pausedDelayMs = 1_000;

/** Decides the outcome of a claimed recipient after an attempt. */
export function decideSettlement(
  recipient: Pick<ClaimedRecipient, "id" | "attemptId" | "attempts">,
  outcome: SendOutcome,
  circumstances: Circumstances,
  random: () => number = Math.random,
): Decision {
  const claim = { recipientId: recipient.id, attemptId: recipient.attemptId };
  switch (outcome.kind) {
    case "accepted":
      return alone({ ...claim, status: "sent", wamid: outcome.wamid });
    case "unknown":
      return alone({
        ...claim,
        status: "unknown",
        error: { code: "no_answer", title: "Meta's answer never came", details: outcome.reason },
      });
    case "not-sent":
      return alone(
        putBack(claim, unreachableMs, {
          code: "not_sent",
          title: "Meta could not be reached",
          details: outcome.reason,
        }),
      );
    case "refused":
      return decideRefusal(claim, recipient.attempts, outcome.error, circumstances, random);
    default:
      return assertNever(outcome);
  }
}

interface ClaimRef {
  recipientId: string;
  attemptId: string;
}

/** Returns a settlement to pending that uses up no attempt, for reasons beyond the recipient. */
export function putBack(claim: ClaimRef, delayMs: number, error: SettledError | null): Settlement {
  return { ...claim, status: "pending", delayMs, countsAsAttempt: false, error };
}

function decideRefusal(
  claim: ClaimRef,
  attempts: number,
  failure: GraphFailure,
  { marketingCap, isMetaAway }: Circumstances,
  random: () => number,
): Decision {
  const code = decisiveCode(failure.code, failure.subcode);
  const error: SettledError = {
    code: `${code}`,
    title: failure.title,
    details: failure.details ?? null,
  };
  const fail: Settlement = { ...claim, status: "failed", error };
  const retry = (delayMs: number, attemptsAllowed: number): Settlement =>
    attempts >= attemptsAllowed
      ? fail
      : { ...claim, status: "pending", delayMs, countsAsAttempt: true, error };
  const disposition: Disposition = failure.disposition;
  switch (disposition.kind) {
    case "fail-recipient":
    case "opt-out-recipient":
      return alone(fail);
    case "hold-recipient":
      return alone(
        marketingCap === "fail" ? fail : retry(disposition.hoursMin * 3_600_000, cappedAttemptsMax),
      );
    case "fail-row":
      return { ...alone(fail), isRowRefused: true };
    case "retry-recipient":
      return alone(retry(backoffMs(attempts, disposition.delaySecondsBase, random), attemptsMax));
    case "retry": {
      const delayMs = backoffMs(Math.min(attempts, attemptsMax), platformDelayBase, random);
      return alone(isMetaAway ? putBack(claim, delayMs, error) : retry(delayMs, attemptsMax));
    }
    case "throttle-number":
      return {
        ...alone(putBack(claim, throttledDelayMs, error)),
        consequence: { kind: "throttle-number" },
      };
    case "hold-number":
      return {
        ...alone(putBack(claim, disposition.ms, error)),
        consequence: { kind: "hold-number", ms: disposition.ms },
      };
    case "pause-template":
    case "pause-waba":
    case "pause-number":
    case "stop-number":
    case "pause-provider": {
      const scope = pauseScopeOf(disposition);
      if (scope === null) return { ...alone(fail), isRowRefused: true };
      return {
        ...alone(putBack(claim, pausedDelayMs, error)),
        consequence: { kind: "pause", scope, reason: `meta_${code}` },
      };
    }
    default:
      return assertNever(disposition);
  }
}

function alone(settlement: Settlement): Decision {
  return { settlement, consequence: null, isRowRefused: false };
}

/** Returns 1, base, base² … seconds after attempts 1, 2, 3 …, spread by a jitter of a quarter. */
function backoffMs(attempts: number, base: number, random: () => number): number {
  return Math.round(base ** (attempts - 1) * 1_000 * (0.875 + random() / 4));
}

function assertNever(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}

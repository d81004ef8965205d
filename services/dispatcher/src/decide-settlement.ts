import type { ClaimedRecipient } from "@loudhailer/db/claim-recipients.ts";
import type { SettledError, Settlement } from "@loudhailer/db/settle-recipients.ts";
import type { Disposition } from "@loudhailer/whatsapp/error-taxonomy.ts";
import type { GraphFailure } from "@loudhailer/whatsapp/graph-failure.ts";
import type { SendOutcome } from "@loudhailer/whatsapp/send-outcome.ts";

/** What an outcome asks for beyond its own recipient. */
export type Consequence =
  | { kind: "throttle-number" }
  | { kind: "hold-number"; ms: number }
  | { kind: PauseKind; reason: string };

type PauseKind = "pause-number" | "pause-provider" | "pause-waba" | "pause-template";

export interface Decision {
  settlement: Settlement;
  consequence: Consequence | null;
}

const attemptsMax = 5;
// 1, 4, 16 and 64 s: an outage of a minute fails nobody.
const platformDelayBase = 4;
const throttledDelayMs = 1_000;
// Meta can't be reached at all: the number rests, nobody loses an attempt.
const unreachableMs = 5_000;
// A paused recipient is fed again on resume; the delay only keeps it from being claimed at once.
const pausedDelayMs = 1_000;

/** Decides what becomes of a claimed recipient after an attempt. */
export function decideSettlement(
  recipient: Pick<ClaimedRecipient, "id" | "claimId" | "attempts">,
  outcome: SendOutcome,
  random: () => number = Math.random,
): Decision {
  const claim = { recipientId: recipient.id, claimId: recipient.claimId };
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
      return {
        settlement: putBack(claim, unreachableMs, {
          code: "not_sent",
          title: "Meta could not be reached",
          details: outcome.reason,
        }),
        consequence: { kind: "hold-number", ms: unreachableMs },
      };
    case "refused":
      return decideRefusal(claim, recipient.attempts, outcome.error, random);
    default:
      return assertNever(outcome);
  }
}

interface ClaimRef {
  recipientId: string;
  claimId: string;
}

/** Nothing has left and it says nothing about the recipient: pending again, no attempt used. */
export function putBack(claim: ClaimRef, delayMs: number, error: SettledError | null): Settlement {
  return { ...claim, status: "pending", delayMs, countsAsAttempt: false, error };
}

function decideRefusal(
  claim: ClaimRef,
  attempts: number,
  failure: GraphFailure,
  random: () => number,
): Decision {
  const error = {
    code: String(failure.code),
    title: failure.title,
    details: failure.details ?? null,
  };
  const retryOrFail = (base: number): Decision =>
    alone(
      attempts >= attemptsMax
        ? { ...claim, status: "failed", error }
        : {
            ...claim,
            status: "pending",
            delayMs: backoffMs(attempts, base, random),
            countsAsAttempt: true,
            error,
          },
    );
  const pause = (kind: PauseKind): Decision => ({
    settlement: putBack(claim, pausedDelayMs, error),
    consequence: { kind, reason: `meta_${failure.code}` },
  });
  const disposition: Disposition = failure.disposition;
  switch (disposition.kind) {
    case "fail-recipient":
    case "opt-out-recipient":
    case "hold-recipient":
    case "fail-row":
      return alone({ ...claim, status: "failed", error });
    case "retry-recipient":
      return retryOrFail(disposition.delaySecondsBase);
    case "retry":
      return retryOrFail(platformDelayBase);
    case "throttle-number":
      return {
        settlement: putBack(claim, throttledDelayMs, error),
        consequence: { kind: "throttle-number" },
      };
    case "hold-number":
      return {
        settlement: putBack(claim, disposition.ms, error),
        consequence: { kind: "hold-number", ms: disposition.ms },
      };
    case "pause-template":
      return disposition.whenMostRows
        ? alone({ ...claim, status: "failed", error })
        : pause("pause-template");
    case "pause-waba":
      return pause("pause-waba");
    case "pause-number":
    case "stop-number":
      return pause("pause-number");
    case "pause-provider":
      return pause("pause-provider");
    default:
      return assertNever(disposition);
  }
}

function alone(settlement: Settlement): Decision {
  return { settlement, consequence: null };
}

/** 1, base, base² … seconds after attempts 1, 2, 3 …, with a jitter of a quarter to spread them. */
function backoffMs(attempts: number, base: number, random: () => number): number {
  return Math.round(base ** (attempts - 1) * 1_000 * (0.875 + random() / 4));
}

function assertNever(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}

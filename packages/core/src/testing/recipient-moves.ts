import { isPromotion, proofOf, rank } from "./move-errors.ts";
import type { Move, Snapshot, Row } from "./recipient-history.ts";
import type { News } from "./recipient-news.ts";
import type { Deed, World } from "./recipient-world.ts";

/** Circumstances that decide whether a deed may have made a move. */
export interface Circumstances {
  /** The snapshot before the deeds. */
  before: Snapshot;
  deeds: readonly Deed[];
  /** What this deed says about the recipient, and whether it was told so before. */
  news: readonly News[];
  wasTold(news: { recipientId: string; attemptId: string; status: string }): boolean;
  optedOut: readonly number[];
  marketingCap: World["marketingCap"];
}

/** Deeds that may make a broadcast continue. */
export const reopeningDeeds: Deed["do"][] = [
  "resume",
  "settle",
  "statuses",
  "retry-failed",
  "resend-unknown",
];

/**
 * Returns whether `deed` may have made this move. It states the rules of the state machine
 * independently of the SQL.
 */
export function mayMove(deed: Deed, move: Move, around: Circumstances): boolean {
  const { before, after } = move;
  const id = String(before.id);
  switch (deed.do) {
    case "claim":
      if (!deed.ids.includes(id) || before.status !== "pending" || !isDue(before)) return false;
      if (!maySend(around)) return false;
      return after.status === "skipped"
        ? ([...around.optedOut, ...around.before.optedOut].includes(before.id) &&
            after.error_code === "opted_out") ||
            (before.phone === "" && after.error_code === "contact_deleted")
        : after.status === "sending" &&
            after.attempt_id === deed.attemptId &&
            after.claimed_by === deed.dispatcherId &&
            !around.before.optedOut.includes(before.id);
    case "settle":
    case "statuses":
      return mayHear(move, around);
    case "merge":
      return before.status === after.status && before.attempt_id === after.attempt_id;
    case "release":
      return (
        before.status === "sending" &&
        before.attempt_id === deed.attemptId &&
        after.status === "pending" &&
        after.attempts === before.attempts - 1
      );
    case "sweep-dead":
      return isLost(before, after) && isSilent(before, around);
    case "look-behind":
      return isLost(before, after) && isOld(before);
    case "sweep-canceled":
      return (
        (before.status === "pending" && after.status === "canceled") ||
        (isLost(before, after) && isOld(before))
      );
    case "retry-failed":
      return before.status === "failed" && isTriedAgain(before, after);
    case "resend-unknown":
      return before.status === "unknown" && isOld(before) && isTriedAgain(before, after);
    case "time-passes":
      return before.status === after.status && before.wamid === after.wamid;
    case "fail-over":
      return true;
    case "opt-out":
    case "beat":
    case "die":
    case "pause":
    case "resume":
    case "cancel":
    case "complete":
      break;
  }
  return false;
}

/**
 * Returns whether news of the recipient's attempts may have made this move. The current attempt
 * rises or is put back. Any other one may only become current.
 */
function mayHear(move: Move, { news, wasTold, marketingCap }: Circumstances): boolean {
  const { before, after } = move;
  const recipientId = String(before.id);
  // A message of a merged contact: nothing more is sent to the person.
  const hasIt = before.phone !== "" && after.phone === "";
  if (after.status === "skipped" && before.status !== "skipped") {
    return after.error_code === "merged_contact" && isOpenOrUnknown(before);
  }
  const own = news.filter(({ attemptId }) => attemptId === before.attempt_id);
  if (isPending(after)) return own.some((each) => mayPutBack(move, each, marketingCap));
  if (isPromotion(move)) {
    const { attempt_id: attemptId, status } = after;
    const hasFailed = own.some((each) => each.status === "failed");
    return (
      attemptId !== null &&
      wasTold({ recipientId, attemptId, status }) &&
      (hasFailed || proofOf(after.status) > proofOf(before.status))
    );
  }
  if (after.wamid !== before.wamid && !own.some(({ wamid }) => wamid === after.wamid)) return false;
  if (after.status === before.status) return own.length > 0 || hasIt;
  return own.some(({ status }) => rises(before, after, status));
}

function mayPutBack(
  { before, after }: Move,
  { source, status, code }: News,
  marketingCap: World["marketingCap"],
): boolean {
  if (source === "settlement") return status === "pending" && isOpenOrUnknown(before);
  return (
    marketingCap === "retry_after_24h" &&
    code === "131049" &&
    (rank[before.status] ?? 9) < 4 &&
    before.attempts < 3 &&
    !isDue(after)
  );
}

function isOpenOrUnknown({ status }: Row): boolean {
  return status === "pending" || status === "sending" || status === "unknown";
}

/** Returns whether the row rose to exactly `status`. */
function rises(before: Row, after: Row, status: string): boolean {
  return after.status === status && (rank[after.status] ?? 9) > (rank[before.status] ?? 9);
}

function isTriedAgain(before: Row, after: Row): boolean {
  return isPending(after) && before.phone !== "" && after.attempts === 0;
}

function isLost(before: Row, after: Row): boolean {
  return before.status === "sending" && after.status === "unknown";
}

function isPending(row: Row): boolean {
  return row.status === "pending";
}

function maySend({ before, deeds }: Circumstances): boolean {
  return (
    before.broadcast.status === "sending" || deeds.some((deed) => reopeningDeeds.includes(deed.do))
  );
}

function isSilent({ claimed_by }: Row, { before, deeds }: Circumstances): boolean {
  if (claimed_by === null) return false;
  const dies = deeds.some((deed) => deed.do === "die" && deed.dispatcherId === claimed_by);
  return dies || before.silent.includes(claimed_by);
}

/** Tolerance for moments: all waits in these tests are zero or hours long. */
const minuteMs = 60_000;

export function isDue({ next_attempt_at }: Row): boolean {
  return next_attempt_at === null || Date.parse(next_attempt_at) < Date.now() + minuteMs;
}

export function isOld({ claimed_at }: Row): boolean {
  return claimed_at === null || Date.parse(claimed_at) < Date.now() - minuteMs;
}

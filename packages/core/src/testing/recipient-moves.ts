import type { StatusUpdate } from "@loudhailer/db/apply-statuses.ts";
import type { Settlement } from "@loudhailer/db/settle-recipients.ts";
import { isRetried, rank } from "./move-errors.ts";
import type { Move, Snapshot, Row } from "./recipient-history.ts";
import type { Deed, World } from "./recipient-world.ts";

/** Circumstances that decide whether a deed may have made a move. */
export interface Circumstances {
  /** The snapshot before the deeds. */
  before: Snapshot;
  deeds: readonly Deed[];
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
export function mayMove(deed: Deed, { before, after }: Move, around: Circumstances): boolean {
  const id = String(before.id);
  switch (deed.do) {
    case "claim":
      if (!deed.ids.includes(id) || before.status !== "pending" || !isDue(before)) return false;
      if (!maySend(around)) return false;
      return after.status === "skipped"
        ? around.optedOut.includes(before.id) && after.error_code === "opted_out"
        : after.status === "sending" &&
            after.attempt_id === deed.attemptId &&
            after.claimed_by === deed.dispatcherId &&
            !around.before.optedOut.includes(before.id);
    case "settle": {
      const settlement = deed.settlements.find(({ recipientId }) => recipientId === id);
      return settlement !== undefined && maySettle(settlement, before, after);
    }
    case "statuses":
      return mayApply(
        deed.updates.filter((update) => concernsRow(update, before)),
        { before, after },
        around.marketingCap,
      );
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

function maySettle(settlement: Settlement, before: Row, after: Row): boolean {
  const isOwn = before.attempt_id === settlement.attemptId;
  const isInFlight = before.status === "sending" || before.status === "unknown";
  switch (settlement.status) {
    case "sent":
      // Applies to any claim: a message that Meta has accepted is stored from now on.
      if (isRetried(before, settlement.wamid)) return false;
      if (after.wamid !== (before.wamid ?? settlement.wamid)) return false;
      return after.status === (isInFlight || isPending(before) ? "sent" : before.status);
    case "pending": {
      const attempts = before.attempts - (settlement.countsAsAttempt ? 0 : 1);
      return isOwn && isInFlight && isPending(after) && after.attempts === attempts;
    }
    case "failed":
    case "unknown":
      break;
  }
  return isOwn && before.status in rank && rises(before, after, settlement.status);
}

/**
 * Returns whether statuses may have made this move. They must be about this row's message, or about
 * one not stored yet. Statuses of a message from before a retry don't count, unless it was
 * delivered or read after all.
 */
function mayApply(
  updates: readonly StatusUpdate[],
  { before, after }: Move,
  marketingCap: World["marketingCap"],
): boolean {
  const counting = updates.filter(
    ({ wamid, status }) => !isRetried(before, wamid) || status === "delivered" || status === "read",
  );
  const wamids = counting.map(({ wamid }) => wamid);
  if (isPending(after)) {
    return (
      marketingCap === "retry_after_24h" &&
      counting.some(({ errorCode }) => errorCode === "131049") &&
      (rank[before.status] ?? 9) < 4 &&
      before.attempts < 3 &&
      wamids.some((wamid) => isRetried(after, wamid)) &&
      !isDue(after)
    );
  }
  if (after.wamid !== before.wamid && !wamids.includes(after.wamid ?? "")) return false;
  if (after.status === before.status) return counting.length > 0;
  return counting.some(
    ({ status, wamid }) =>
      rises(before, after, status) && (after.wamid === wamid || isRetried(before, wamid)),
  );
}

/**
 * Returns whether a status is about this recipient. Other programs' callback data may look like
 * Loudhailer's.
 */
export function concernsRow(
  { recipientId, wamid }: Pick<StatusUpdate, "recipientId" | "wamid">,
  row: Row,
): boolean {
  if (row.attempts === 0) return false;
  if (recipientId === null) return row.wamid === wamid;
  const isOurs = row.wamid === null || row.wamid === wamid || isRetried(row, wamid);
  return recipientId === String(row.id) && isOurs;
}

/** Returns whether the row rose to exactly `status`. */
function rises(before: Row, after: Row, status: string): boolean {
  return after.status === status && (rank[after.status] ?? 9) > (rank[before.status] ?? 9);
}

function isTriedAgain(before: Row, after: Row): boolean {
  return isPending(after) && (before.wamid === null || isRetried(after, before.wamid));
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

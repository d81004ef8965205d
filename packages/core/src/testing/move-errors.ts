import type { Move, Row } from "./recipient-history.ts";

/**
 * Rank of each status by what it proves. A row's rank only rises, except when it moves back to
 * pending as allowed below.
 */
export const rank: Record<string, number> = {
  pending: 0,
  sending: 1,
  unknown: 2,
  sent: 3,
  failed: 4,
  delivered: 5,
  read: 6,
};
/** Statuses that never change. */
export const finals = ["skipped", "canceled"];

/** Checks the rules that hold for every move and returns the broken one, or null. */
export function moveErrorOf({ before, after }: Move): string | null {
  const isClaimed = before.status !== "sending" && after.status === "sending";
  const isPutBack = before.status !== "pending" && after.status === "pending";
  if (finals.includes(before.status) && after.status !== before.status) {
    return `${before.status} is final`;
  }
  if (after.status === "pending" && after.wamid !== null) return "pending with a wamid";
  const isOpen = after.status === "pending" || after.status === "sending";
  if (!isOpen && after.next_attempt_at !== null) return "waits, yet settled";
  if (before.wamid !== null && after.wamid !== before.wamid) {
    if (!isPutBack) return "another wamid";
    if (!isRetried(after, before.wamid)) return "a message is forgotten";
  }
  if (before.retried_wamids?.some((wamid) => !isRetried(after, wamid))) {
    return "a message is forgotten";
  }
  if (after.attempt_id !== before.attempt_id && !isClaimed && after.attempt_id !== null) {
    return "a claim without sending";
  }
  const used = after.attempts - before.attempts;
  if (isClaimed ? used !== 1 : used !== 0 && !(isPutBack && used === -1)) return "attempts";
  return after.attempts < 0 ? "attempts below 0" : null;
}

/** Checks a row's own columns and returns what is wrong, or null. */
export function rowErrorOf(row: Row): string | null {
  if (row.status === "delivered" && row.delivered_at === null) return "delivered, no moment";
  if (row.status === "read" && row.read_at === null) return "read, no moment";
  if (row.status === "failed" && (row.failed_at === null || row.error_code === null)) {
    return "failed, no moment or no code";
  }
  return null;
}

/** Returns whether the wamid is a message of the row from before a retry. */
export function isRetried(row: Row, wamid: string): boolean {
  return row.retried_wamids?.includes(wamid) ?? false;
}

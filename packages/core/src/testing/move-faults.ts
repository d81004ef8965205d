import type { Move, Row } from "./recipient-history.ts";

/** What each status proves; a row only rises, but for the moves back to pending below. */
export const rank: Record<string, number> = {
  pending: 0,
  sending: 1,
  unknown: 2,
  sent: 3,
  failed: 4,
  delivered: 5,
  read: 6,
};
/** From here nothing moves. */
export const finals = ["skipped", "canceled"];

/** What holds for a move whoever makes it. Answers what is wrong with it. */
export function faultOf({ before, after }: Move): string | null {
  const isClaimed = before.status !== "sending" && after.status === "sending";
  const isPutBack = before.status !== "pending" && after.status === "pending";
  if (finals.includes(before.status) && after.status !== before.status) {
    return `${before.status} is final`;
  }
  if (after.status === "pending" && after.wamid !== null) return "pending with a wamid";
  if (after.status !== "pending" && after.next_attempt_at !== null) return "waits, yet not pending";
  if (before.wamid !== null && after.wamid !== before.wamid) {
    if (!isPutBack) return "another wamid";
    if (!isRetried(after, before.wamid)) return "a message is forgotten";
  }
  if (before.retried_wamids?.some((wamid) => !isRetried(after, wamid))) {
    return "a message is forgotten";
  }
  if (after.claim_id !== before.claim_id && !isClaimed && after.claim_id !== null) {
    return "a claim without sending";
  }
  const used = after.attempts - before.attempts;
  if (isClaimed ? used !== 1 : used !== 0 && !(isPutBack && used === -1)) return "attempts";
  return after.attempts < 0 ? "attempts below 0" : null;
}

/** A row's own faults. */
export function rowFaultOf(row: Row): string | null {
  if (row.status === "delivered" && row.delivered_at === null) return "delivered, no moment";
  if (row.status === "read" && row.read_at === null) return "read, no moment";
  if (row.status === "failed" && (row.failed_at === null || row.error_code === null)) {
    return "failed, no moment or no code";
  }
  return null;
}

/** Whether this is a message that failed before the row was tried again. */
export function isRetried(row: Row, wamid: string): boolean {
  return row.retried_wamids?.includes(wamid) ?? false;
}

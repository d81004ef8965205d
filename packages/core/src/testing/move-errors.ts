import type { Move, Row, Snapshot } from "./recipient-history.ts";

/**
 * Rank of each status by what it proves. An attempt's rank only rises, except when it moves back to
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
/** Statuses that change only if a message turns out to have reached the person. */
const finals = ["skipped", "canceled"];

const proofs = ["sent", "delivered", "read"];
/** Returns how far a status shows that the person has the message; 0 if it doesn't. */
export function proofOf(status: string): number {
  return proofs.indexOf(status) + 1;
}

export function hasMessage(status: string): boolean {
  return proofOf(status) > 0;
}

/** Returns whether another attempt became the current one because it has reached the person. */
export function isPromotion({ before, after }: Move): boolean {
  const isOther = after.attempt_id !== null && after.attempt_id !== before.attempt_id;
  return isOther && hasMessage(after.status);
}

/** Checks the rules that hold for every move and returns the broken one, or null. */
export function moveErrorOf(move: Move): string | null {
  const { before, after } = move;
  const isClaimed = before.status !== "sending" && after.status === "sending";
  const isPutBack = before.status !== "pending" && after.status === "pending";
  const isPromoted = isPromotion(move);
  if (finals.includes(before.status) && after.status !== before.status && !isPromoted) {
    return `${before.status} is final`;
  }
  if (after.status === "pending" && (after.wamid ?? after.attempt_id) !== null) {
    return "pending with an attempt";
  }
  const isOpen = after.status === "pending" || after.status === "sending";
  if (!isOpen && after.next_attempt_at !== null) return "waits, yet settled";
  if (before.wamid !== null && after.wamid !== before.wamid && !isPutBack && !isPromoted) {
    return "another wamid";
  }
  if (isPromoted && proofOf(after.status) < proofOf(before.status)) return "a message is forgotten";
  const isSame = after.attempt_id === before.attempt_id;
  if (!isSame && !isClaimed && !isPromoted && after.attempt_id !== null) {
    return "an attempt without sending";
  }
  return attemptsErrorOf(move, { isClaimed, isPutBack, isPromoted });
}

function attemptsErrorOf(
  { before, after }: Move,
  how: { isClaimed: boolean; isPutBack: boolean; isPromoted: boolean },
): string | null {
  const used = after.attempts - before.attempts;
  const mayUse = (count: number) => {
    if (how.isClaimed) return count === 1;
    if (how.isPromoted) return after.attempts === Math.max(before.attempts, 1);
    // An operator's retry gives fresh attempts.
    return count === 0 || (how.isPutBack && (count === -1 || after.attempts === 0));
  };
  if (!mayUse(used)) return "attempts";
  return after.attempts < 0 ? "attempts below 0" : null;
}

/** Checks a row's own columns and returns what is wrong, or null. */
function rowErrorOf(row: Row): string | null {
  if (row.status === "delivered" && row.delivered_at === null) return "delivered, no moment";
  if (row.status === "read" && row.read_at === null) return "read, no moment";
  if (row.status === "failed" && (row.failed_at === null || row.error_code === null)) {
    return "failed, no moment or no code";
  }
  const isTried = row.status in rank && row.status !== "pending";
  if (isTried !== (row.attempt_id !== null)) return `${row.status}, attempt ${row.attempt_id}`;
  return null;
}

/** Returns what is wrong with the rows and their attempts at any moment. */
export function snapshotErrors({ rows, archive }: Snapshot): string[] {
  const ofRows = rows.flatMap((row) => {
    const error = rowErrorOf(row);
    return error === null ? [] : [`recipient ${row.id}: ${error}`];
  });
  const ofAttempts = archive.flatMap(({ recipient_id: id, status }) => {
    const row = rows.find((each) => each.id === id);
    const isBetter = proofOf(status) > proofOf(row?.status ?? "");
    return isBetter ? [`recipient ${id} is ${row?.status}, and an attempt is ${status}`] : [];
  });
  return [...ofRows, ...ofAttempts];
}

/** Returns an error for each message that was current before and is known nowhere after. */
export function forgottenMessages(moves: readonly Move[], { rows, archive }: Snapshot): string[] {
  return moves
    .filter(({ before }) => before.wamid !== null)
    .filter(
      ({ before: { id, wamid } }) =>
        !rows.some((row) => row.id === id && row.wamid === wamid) &&
        !archive.some((each) => each.recipient_id === id && each.wamid === wamid),
    )
    .map(({ before: { id, wamid } }) => `recipient ${id}: ${wamid} is forgotten`);
}

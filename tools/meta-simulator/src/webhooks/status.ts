/** The statuses of a message, and one number for "this status of that message". */
export const STATUSES = ["sent", "delivered", "read", "failed"] as const;

export type Status = (typeof STATUSES)[number];

const KINDS = STATUSES.length;

export function encodeStatus(message: number, status: Status): number {
  return message * KINDS + STATUSES.indexOf(status);
}

export function messageOf(code: number): number {
  return Math.floor(code / KINDS);
}

export function statusOf(code: number): Status {
  return STATUSES[code % KINDS] ?? "failed";
}

/** How many webhook delays after its acceptance a message takes on a status. */
export const DELAYS: Readonly<Record<Status, number>> = {
  sent: 1,
  delivered: 2,
  read: 3,
  failed: 2,
};

/** The statuses of a message, and one number for "this status of that message". */
export const statuses = ["sent", "delivered", "read", "failed"] as const;

export type Status = (typeof statuses)[number];

const kinds = statuses.length;

export function encodeStatus(message: number, status: Status): number {
  return message * kinds + statuses.indexOf(status);
}

export function messageOf(code: number): number {
  return Math.floor(code / kinds);
}

export function statusOf(code: number): Status {
  return statuses[code % kinds] ?? "failed";
}

/** How many webhook delays after its acceptance a message takes on a status. */
export const delays: Readonly<Record<Status, number>> = {
  sent: 1,
  delivered: 2,
  read: 3,
  failed: 2,
};

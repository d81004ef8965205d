/** Statuses of a message. A status of a certain message is encoded as one number. */
const statuses = ["sent", "delivered", "read", "failed"] as const;

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

/** Number of webhook delays from a message's acceptance to each status. */
export const delays: Readonly<Record<Status, number>> = {
  sent: 1,
  delivered: 2,
  read: 3,
  failed: 2,
};

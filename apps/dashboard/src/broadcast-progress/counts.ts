import type { Broadcast } from "../api/types.ts";

type Counts = Pick<
  Broadcast,
  | "totalRecipients"
  | "pendingCount"
  | "successfulSends"
  | "failedSends"
  | "skippedCount"
  | "unknownCount"
  | "canceledCount"
>;

/** Recipients that are through: everyone but those still to be sent. */
export function doneCount({ totalRecipients, pendingCount }: Counts): number {
  return Math.max(0, totalRecipients - pendingCount);
}

/** How far it is, 0 to 100; a broadcast without recipients is at 0. */
export function percentDone(counts: Counts): number {
  const { totalRecipients } = counts;
  return totalRecipients === 0 ? 0 : (doneCount(counts) / totalRecipients) * 100;
}

/** About how long it still takes, in seconds; null where it isn't known or nothing is left. */
export function secondsLeft(
  { pendingCount }: Pick<Counts, "pendingCount">,
  messagesPerSecond: number,
): number | null {
  if (pendingCount === 0 || messagesPerSecond <= 0) return null;
  return pendingCount / messagesPerSecond;
}

const moving = new Set(["preparing", "sending"]);

/** Whether a broadcast's numbers move by themselves. */
export function isRunning({ status }: Pick<Broadcast, "status">): boolean {
  return moving.has(status);
}

/** Messages a second between two looks; null until there are two at different times. */
export function rateBetween(
  before: { at: number; done: number } | undefined,
  now: { at: number; done: number },
): number | null {
  if (before === undefined || now.at <= before.at) return null;
  return Math.max(0, (now.done - before.done) / ((now.at - before.at) / 1000));
}

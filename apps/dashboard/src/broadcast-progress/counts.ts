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

/** Returns the number of recipients that are no longer pending. */
export function doneCount({ totalRecipients, pendingCount }: Counts): number {
  return Math.max(0, totalRecipients - pendingCount);
}

/** Returns the progress from 0 to 100; 0 for a broadcast without recipients. */
export function percentDone(counts: Counts): number {
  const { totalRecipients } = counts;
  return totalRecipients === 0 ? 0 : (doneCount(counts) / totalRecipients) * 100;
}

/**
 * Returns the estimated seconds left; null if no recipient is pending, the rate is unknown, or more
 * recipients become pending right now.
 */
export function secondsLeft(
  { pendingCount, retrying }: Pick<Broadcast, "pendingCount" | "retrying">,
  messagesPerSecond: number,
): number | null {
  if (pendingCount === 0 || retrying !== null || messagesPerSecond <= 0) return null;
  return pendingCount / messagesPerSecond;
}

const moving = new Set(["preparing", "sending"]);

/** Returns whether a broadcast is under way, so that its counts change automatically. */
export function isRunning({ status }: Pick<Broadcast, "status">): boolean {
  return moving.has(status);
}

/**
 * Returns the messages per second between two readings; null without two readings at different
 * times.
 */
export function rateBetween(
  before: { at: number; done: number } | undefined,
  now: { at: number; done: number },
): number | null {
  if (before === undefined || now.at <= before.at) return null;
  return Math.max(0, (now.done - before.done) / ((now.at - before.at) / 1000));
}

import type { SendingNumber } from "@loudhailer/pacing/find-sending-numbers.ts";
import type { Rewinds } from "./rewind-cursor.ts";

/**
 * State of a number that a process keeps between two feedings. Losing it changes only how often the
 * number is fed, not the result.
 */
export interface FeedMemory {
  rewinds: Rewinds;
  /** Whether several of its broadcasts had recipients to feed the last time. */
  isShared: boolean;
  /** When its queue was last emptied for a new broadcast, on performance.now's clock. */
  takenBackAt: number;
  /** Jobs in its queue at the last check, and the time of that check. */
  queued: number;
  queuedAt: number;
}

export function createFeedMemory(): FeedMemory {
  return {
    rewinds: new Map(),
    isShared: false,
    takenBackAt: Number.NEGATIVE_INFINITY,
    queued: 0,
    queuedAt: 0,
  };
}

/**
 * Factor by which a queue may shrink faster than the number sends: workers take up to a second of
 * the rate at once, and some of those recipients are no longer pending.
 */
const drainFactorMax = 2;

/**
 * Detects a lost queue: one that is empty sooner than the number can send. Clears the rewind delays
 * then, so that pending recipients are searched for at once.
 */
export function noticeLoss(
  memory: FeedMemory,
  { messagesPerSecond }: SendingNumber,
  queued: number,
): void {
  const now = performance.now();
  const sentMax = (messagesPerSecond * drainFactorMax * (now - memory.queuedAt)) / 1_000;
  if (queued === 0 && memory.queued > sentMax) memory.rewinds.clear();
  memory.queued = queued;
  memory.queuedAt = now;
}

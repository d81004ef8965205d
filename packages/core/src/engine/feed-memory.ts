import type { SendingNumber } from "@loudhailer/pacing/find-sending-numbers.ts";
import type { Rewinds } from "./rewind-cursor.ts";

/** What a process remembers of a number between two feedings; nothing depends on it but the pace. */
export interface FeedMemory {
  rewinds: Rewinds;
  /** Several of its broadcasts had somebody to feed the last time. */
  isShared: boolean;
  /** When its queue was last emptied for a newcomer, on performance.now's clock. */
  takenBackAt: number;
  /** Jobs in its queue when it was last looked at, and when that was. */
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

/** Workers take up to a second of the rate into their hands at once, and find some no longer pending. */
const fasterThanItCan = 2;

/** A queue that is empty sooner than the number can send was lost: everybody is looked for at once. */
export function noticeLoss(
  memory: FeedMemory,
  { messagesPerSecond }: SendingNumber,
  queued: number,
): void {
  const now = performance.now();
  const sentMax = (messagesPerSecond * fasterThanItCan * (now - memory.queuedAt)) / 1_000;
  if (queued === 0 && memory.queued > sentMax) memory.rewinds.clear();
  memory.queued = queued;
  memory.queuedAt = now;
}

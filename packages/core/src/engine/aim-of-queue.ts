import type { SendingNumber } from "@loudhailer/pacing/find-sending-numbers.ts";

/** Seconds of the number's rate that stand in the queue at most: Redis stays small. */
const queuedSecondsMax = 30;
const queuedMin = 200;
const queuedMax = 20_000;
/**
 * Where several broadcasts share the number, less: what is in the queue has its turn already, and
 * whoever joins waits for it. Enough for a feeder that takes a second or two to come back.
 */
const sharedSecondsMax = 5;
const sharedMin = 20;

/** Jobs that a number's queue holds when it is full. */
export function aimOfQueue({ messagesPerSecond }: SendingNumber, isShared: boolean): number {
  const aim = isShared
    ? Math.max(messagesPerSecond * sharedSecondsMax, sharedMin)
    : Math.max(messagesPerSecond * queuedSecondsMax, queuedMin);
  return Math.min(aim, queuedMax);
}

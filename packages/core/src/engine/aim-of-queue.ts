import type { SendingNumber } from "@loudhailer/pacing/find-sending-numbers.ts";

/** Largest queue of a number in seconds of its rate, which keeps Redis small. */
const queuedSecondsMax = 30;
const queuedMin = 200;
const queuedMax = 20_000;
/**
 * Largest queue, in seconds of the rate, while several broadcasts share the number. It is smaller
 * because a broadcast that joins waits for the recipients already queued. It is enough for a feeder
 * that takes a second or two to come back.
 */
const sharedSecondsMax = 5;
const sharedMin = 20;

/** Returns the number of jobs in a number's queue when it is full. */
export function aimOfQueue({ messagesPerSecond }: SendingNumber, isShared: boolean): number {
  const aim = isShared
    ? Math.max(messagesPerSecond * sharedSecondsMax, sharedMin)
    : Math.max(messagesPerSecond * queuedSecondsMax, queuedMin);
  return Math.min(aim, queuedMax);
}

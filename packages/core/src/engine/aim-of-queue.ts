import type { SendingNumber } from "@loudhailer/pacing/find-sending-numbers.ts";
import {
  queuedMax,
  queuedMin,
  queuedSecondsMax,
  sharedMin,
  sharedSecondsMax,
} from "@loudhailer/pacing/tuning.ts";

/** Returns the number of jobs in a number's queue when it is full. */
export function aimOfQueue({ messagesPerSecond }: SendingNumber, isShared: boolean): number {
  const aim = isShared
    ? Math.max(messagesPerSecond * sharedSecondsMax, sharedMin)
    : Math.max(messagesPerSecond * queuedSecondsMax, queuedMin);
  return Math.min(aim, queuedMax);
}

import { withTimeout } from "@loudhailer/runtime/with-timeout.ts";

/**
 * Settings of BullMQ's workers.
 * - Finished jobs are removed completely. As job options, these settings would be stored, sent, and
 *   parsed with every job.
 * - The active jobs of a dead worker return to the queue within 15 s.
 */
export const workerDefaults = {
  runRetryDelay: 1_000,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
  lockDuration: 10_000,
  stalledInterval: 5_000,
  // The largest value of PostgreSQL's integer type.
  maxStalledCount: 2_147_483_647,
};

const answerMsMax = 2_000;

/** @throws Error if the store fails, or doesn't answer within two seconds */
export function answerOf<Answer>(question: Promise<Answer>): Promise<Answer> {
  return withTimeout(question, answerMsMax, () => new Error("the queue's store does not answer"));
}

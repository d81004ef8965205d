import { withTimeout } from "@loudhailer/runtime/with-timeout.ts";
import type { IQueueBackend, JobType, Queue } from "bullmq";
import type { JobData, JobQueue } from "./queue-backend.ts";

type BullQueue = Pick<
  Queue<JobData>,
  "addBulk" | "getJobCounts" | "getJobScheduler" | "upsertJobScheduler" | "drain" | "close"
> & { getBackend(): IQueueBackend };

const answerMsMax = 5_000;

/**
 * Returns the queue with a limit of 5 s for each call, so that the feeder never hangs. A limit for
 * each command of an addBulk, as a Redis client offers, costs 3 µs per job.
 */
export function openJobQueue(queue: BullQueue): JobQueue {
  return {
    addBulk: (jobs) => bounded(queue.addBulk(jobs)),
    getJobCounts: (...types) => bounded(queue.getJobCounts(...types)),
    async getJobIds(types: JobType[]) {
      const ranges: string[][] = await bounded(queue.getBackend().getRanges(types, 0, -1));
      return ranges.flat();
    },
    getJobScheduler: (id) => bounded(queue.getJobScheduler(id)),
    upsertJobScheduler: (id, times, job) => bounded(queue.upsertJobScheduler(id, times, job)),
    drain: () => bounded(queue.drain()),
    close: () => queue.close(),
  };
}

function bounded<Result>(call: Promise<Result>): Promise<Result> {
  return withTimeout(call, answerMsMax, () => new Error("the queue's store does not answer"));
}

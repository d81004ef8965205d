import type { JobType } from "bullmq";
import type { JobQueue, QueueBackend } from "./queue-backend.ts";
import { sendJob } from "./send-job.ts";

/** The producer's side of all send queues, one per phone number, each opened on first use. */
export interface SendQueues {
  /**
   * Adds one job per recipient, in this order. `feeding` is a number that no earlier feeding of the
   * recipients had.
   */
  add(phoneNumberId: string, recipientIds: readonly string[], feeding: string): Promise<void>;
  /** Returns the recipients that have a waiting, delayed, or active job. */
  queuedIds(phoneNumberId: string): Promise<Set<string>>;
  /** Removes the jobs that wait for a worker. Delayed and active jobs stay. */
  takeBack(phoneNumberId: string): Promise<void>;
  /** Counts the waiting, delayed, and active jobs. */
  count(phoneNumberId: string): Promise<number>;
  close(): Promise<void>;
}

const unfinished: JobType[] = ["wait", "prioritized", "delayed", "active"];

export function openSendQueues(backend: QueueBackend): SendQueues {
  const queues = new Map<string, JobQueue>();
  const queueOf = (phoneNumberId: string) => {
    let queue = queues.get(phoneNumberId);
    if (!queue) {
      queue = backend.openQueue(sendJob.queueName(phoneNumberId));
      queues.set(phoneNumberId, queue);
    }
    return queue;
  };
  return {
    async add(phoneNumberId, recipientIds, feeding) {
      await queueOf(phoneNumberId).addBulk(
        recipientIds.map((recipientId) => ({
          name: sendJob.name,
          data: {},
          opts: { jobId: sendJob.jobId(recipientId, feeding) },
        })),
      );
    },
    async queuedIds(phoneNumberId) {
      const ids = await queueOf(phoneNumberId).getJobIds(unfinished);
      return new Set(ids.flatMap((jobId) => sendJob.recipientIdOf(jobId) ?? []));
    },
    async takeBack(phoneNumberId) {
      await queueOf(phoneNumberId).drain();
    },
    async count(phoneNumberId) {
      const counts = await queueOf(phoneNumberId).getJobCounts(...unfinished);
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

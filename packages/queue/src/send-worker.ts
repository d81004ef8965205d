import { DelayedError } from "bullmq";
import type { JobWorker, QueueBackend, WorkerSettings } from "./queue-backend.ts";
import { sendJob } from "./send-job.ts";

/** The outcome of a job: done, or to be repeated after `delayMs`. */
export type JobOutcome = "done" | { delayMs: number };

/**
 * Number of jobs that a worker may hold beyond those in progress. BullMQ's worker fetches its jobs
 * one after the other, and starts none before it has as many as its concurrency allows. With a
 * concurrency of 1,000, a broadcast sent its first message and then none for 550 ms (measured).
 */
const fetchedAheadMax = 50;

/**
 * Processes one number's queue as fast as `handle` completes jobs. Calls `handle` at least once per
 * job: after a crash, any replica may call it again, so it must claim the recipient before it acts.
 * Delaying a job doesn't use up an attempt.
 */
export function openSendWorker(
  backend: QueueBackend,
  phoneNumberId: string,
  handle: (recipientId: string) => Promise<JobOutcome>,
  settings: WorkerSettings,
): JobWorker {
  let concurrencyMax = settings.concurrency;
  let inWork = 0;
  const allowed = () => Math.min(concurrencyMax, inWork + fetchedAheadMax);
  const worker = backend.openWorker(
    sendJob.queueName(phoneNumberId),
    async (job, token) => {
      inWork++;
      worker.concurrency = allowed();
      try {
        const { recipientId } = sendJob.payload.parse(job.data);
        const outcome = await handle(recipientId);
        if (outcome === "done") return;
        await job.moveToDelayed(Date.now() + outcome.delayMs, token);
        throw new DelayedError();
      } finally {
        inWork--;
      }
    },
    { ...settings, concurrency: allowed() },
  );
  return {
    get concurrency() {
      return concurrencyMax;
    },
    set concurrency(value) {
      concurrencyMax = value;
      worker.concurrency = allowed();
    },
    close: () => worker.close(),
  };
}

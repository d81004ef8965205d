import { DelayedError } from "bullmq";
import type { JobWorker, QueueBackend, WorkerSettings } from "./queue-backend.ts";
import { sendJob } from "./send-job.ts";

/** The job is done, or comes back after `delayMs`. */
export type JobOutcome = "done" | { delayMs: number };

/**
 * BullMQ's worker fetches its jobs one after the other, and starts none of them before it has as
 * many as its concurrency allows: with 1,000 a broadcast's first message left and then none for
 * 550 ms (measured). So it may hold but so many more than are in work.
 */
const fetchedAheadMax = 50;

/**
 * Works off one number's queue as fast as `handle` takes the jobs. `handle` is called at least once
 * a job: after a crash it is called again, by whichever replica, so it must claim before it acts.
 * A job that is delayed uses up no attempt.
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

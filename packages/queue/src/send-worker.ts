import { DelayedError } from "bullmq";
import type { JobWorker, QueueBackend, WorkerSettings } from "./queue-backend.ts";
import { sendJob } from "./send-job.ts";

/** The job is done, or comes back after `delayMs`. */
export type JobOutcome = "done" | { delayMs: number };

/**
 * Works off one number's queue as fast as `handle` takes the jobs. `handle` is called at least once a job:
 * after a crash it is called again, by whichever replica, so it must claim before it acts.
 * A job that is delayed uses up no attempt.
 */
export function openSendWorker(
  backend: QueueBackend,
  phoneNumberId: string,
  handle: (recipientId: string) => Promise<JobOutcome>,
  settings: WorkerSettings,
): JobWorker {
  return backend.openWorker(
    sendJob.queueName(phoneNumberId),
    async (job, token) => {
      const { recipientId } = sendJob.payload.parse(job.data);
      const outcome = await handle(recipientId);
      if (outcome === "done") return;
      await job.moveToDelayed(Date.now() + outcome.delayMs, token);
      throw new DelayedError();
    },
    settings,
  );
}

import { UnrecoverableError } from "bullmq";
import { z } from "zod";
import type { JobWorker, QueueBackend } from "./queue-backend.ts";

const queueName = "maintenance";
const schedulerId = "daily";

/** A background job: its name and the ids it needs. */
export const maintenanceJob = z.discriminatedUnion("name", [
  z.object({ name: z.literal("daily") }),
  z.object({ name: z.literal("refresh-organization"), organizationId: z.uuid() }),
  z.object({ name: z.literal("renew-media") }),
]);
export type MaintenanceJob = z.output<typeof maintenanceJob>;

export interface MaintenanceQueue {
  /** Schedules `daily` at each time of the pattern (cron in UTC). Safe to repeat. */
  ensureDaily(pattern: string): Promise<void>;
  /**
   * Adds each job unless the same job is already in the queue. A failed job is retried for about
   * two hours.
   */
  add(jobs: readonly MaintenanceJob[]): Promise<void>;
  close(): Promise<void>;
}

const attempts = 8;
const firstRetryMs = 60_000;

export function openMaintenanceQueue(backend: QueueBackend): MaintenanceQueue {
  const queue = backend.openQueue(queueName);
  let scheduled: string | null = null;
  return {
    async ensureDaily(pattern) {
      if (scheduled === pattern && (await queue.getJobScheduler(schedulerId))) return;
      const job = { name: "daily", data: {} };
      await queue.upsertJobScheduler(schedulerId, { pattern, tz: "UTC" }, job);
      scheduled = pattern;
    },
    async add(jobs) {
      await queue.addBulk(
        jobs.map(({ name, ...data }) => ({
          name,
          data,
          opts: {
            jobId: [name, ...Object.values(data)].join("-"),
            attempts,
            backoff: { type: "exponential", delay: firstRetryMs },
          },
        })),
      );
    },
    close: () => queue.close(),
  };
}

/** Opens a worker for the maintenance jobs. Each job runs in one replica at a time. */
export function openMaintenanceWorker(
  backend: QueueBackend,
  handle: (job: MaintenanceJob) => Promise<void>,
  settings: { concurrency: number; onError(error: Error): void },
): JobWorker {
  return backend.openWorker(
    queueName,
    async ({ name, data }) => {
      const job = maintenanceJob.safeParse({ ...data, name });
      if (!job.success) throw new UnrecoverableError(`there is no maintenance job ${name}`);
      await handle(job.data);
    },
    settings,
  );
}

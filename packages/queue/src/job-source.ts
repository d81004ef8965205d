import type { IQueueBackend, MinimalJob } from "bullmq";

/** A job taken, or the moment at which a delayed job is due (0 if the queue is empty). */
export type Taken = { jobId: string } | { jobId: null; dueAt: number };

/** The consumer's side of one queue: BullMQ's steps for one job, without its worker's loop. */
export interface JobSource {
  /** Moves the next job to the active ones. */
  take(): Promise<Taken>;
  /**
   * Removes an active job and, if `takesNext`, takes the next one in the same step.
   * @throws an error with BullMQ's negative `code` if the job isn't there any more
   */
  finish(jobId: string, takesNext: boolean): Promise<Taken | null>;
  /** Moves an active job to the delayed ones. */
  delay(jobId: string, delayMs: number): Promise<void>;
  /** Removes a job in any state, also one that has lost its data. */
  remove(jobId: string): Promise<void>;
  /** Returns the ids of the active jobs of all workers. */
  active(): Promise<string[]>;
  /** Resolves when jobs may be waiting, at `dueAt` if it isn't 0, or after 10 s. */
  wait(dueAt: number): Promise<void>;
  /** Ends a wait and closes the source's own connections. */
  close(): Promise<void>;
}

/**
 * Token of a job without a lock. Locks would cost 4 of the 37 calls that Redis makes per job, and a
 * renewal. They would protect nothing: a handler claims its recipient before it acts.
 */
const noLock = "0";
const waitMsMax = 10_000;
const waitMsMin = 2;
const withoutOptions = { opts: {} };
const removedCompletely = { count: 0 };

/** Wraps a BullMQ worker without a processor, which runs no loop. */
export function openJobSource(worker: {
  getBackend(): IQueueBackend;
  close(force: boolean): Promise<void>;
}): JobSource {
  const backend = worker.getBackend();
  return {
    take: async () => toTaken(await backend.moveToActive(noLock)),
    async finish(jobId, takesNext) {
      // BullMQ reads only the id and the options.
      const job: MinimalJob = Object.assign(Object.create(withoutOptions), { id: jobId });
      const { result } = await backend.moveToCompleted(
        job,
        null,
        removedCompletely,
        noLock,
        takesNext,
      );
      return takesNext && Array.isArray(result) ? toTaken(result) : null;
    },
    async delay(jobId, delayMs) {
      await backend.moveToDelayed(jobId, Date.now(), delayMs, noLock, { skipAttempt: true });
    },
    async remove(jobId) {
      await backend.remove(jobId, false);
    },
    async active() {
      const [ids = []]: string[][] = await backend.getRanges(["active"], 0, -1);
      return ids;
    },
    async wait(dueAt) {
      for (let until = dueAt; ;) {
        const waitMs = until > 0 ? until - Date.now() : waitMsMax;
        if (waitMs <= 0) return;
        const marker = await backend.waitForJob(clamp(waitMs) / 1_000);
        if (!marker || marker.score <= Date.now()) return;
        // The marker of a delayed job has the moment at which it is due.
        until = until > 0 ? Math.min(until, marker.score) : marker.score;
      }
    },
    // By force: while the store is away, a connection that is being made never reports its end.
    async close() {
      await backend.disconnectBlocking(false);
      await worker.close(true);
    },
  };
}

function clamp(waitMs: number): number {
  return Math.min(waitMsMax, Math.max(waitMsMin, waitMs));
}

/** Reads BullMQ's `[job, id, limitedMs, dueAt]`. */
function toTaken([job, id, , dueAt]: unknown[]): Taken {
  if (job && typeof id === "string") return { jobId: id };
  return { jobId: null, dueAt: typeof dueAt === "number" ? dueAt : 0 };
}

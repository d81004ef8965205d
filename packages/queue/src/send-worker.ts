import { setTimeout as wait } from "node:timers/promises";
import type { JobSource, Taken } from "./job-source.ts";
import type { JobWorker, QueueBackend, WorkerSettings } from "./queue-backend.ts";
import { sendJob } from "./send-job.ts";

/** The outcome of a job: done, or to be repeated after `delayMs`. */
export type JobOutcome = "done" | { delayMs: number };

/** Jobs fetched at once, in one write, from a queue that isn't empty. */
const fetchesMax = 50;
const retryMs = 1_000;
/** How long a worker that closes waits for answers of the store. */
const storeMsMax = 2_000;
/** An active job that no worker of this process holds at two such looks is handled again. */
const lookMs = 2_000;

/**
 * Processes one number's queue as fast as `handle` completes jobs. Calls `handle` at least once per
 * job: after a crash or a lost answer of the store, any replica may call it again, so it must claim
 * the recipient before it acts. A job that has lost its data in the store is handled as well, since
 * its id names the recipient.
 *
 * It replaces the loop of BullMQ's worker, which makes a job object, a lock, five events, and some
 * 20 promises per job, and starts no job before it has fetched as many as its concurrency allows.
 */
export function openSendWorker(
  backend: QueueBackend,
  phoneNumberId: string,
  handle: (recipientId: string) => Promise<JobOutcome>,
  settings: WorkerSettings,
): JobWorker {
  const source = backend.openSource(sendJob.queueName(phoneNumberId), settings.onError);
  return new SendWorker(source, handle, settings);
}

/** A job that another program has added is removed. */
const foreignJob = Promise.resolve<JobOutcome>("done");

class SendWorker implements JobWorker {
  readonly #source: JobSource;
  readonly #handle: (recipientId: string) => Promise<JobOutcome>;
  readonly #onError: (error: Error) => void;
  readonly #held = new Set<string>();
  #unheld: ReadonlySet<string> = new Set();
  #concurrency: number;
  #inWork = 0;
  #fetching = 0;
  #fetchesAllowed = 1;
  /** Handlers under way; a job is in work until the store has its outcome too. */
  #handling = 0;
  #handled = Promise.withResolvers<void>();
  #isOver = false;
  #isWaiting = false;
  #isLooking = false;
  #closed: Promise<void> | null = null;
  #idle = Promise.withResolvers<void>();
  readonly #looks: NodeJS.Timeout;

  constructor(
    source: JobSource,
    handle: (recipientId: string) => Promise<JobOutcome>,
    { concurrency, onError }: WorkerSettings,
  ) {
    this.#source = source;
    this.#handle = handle;
    this.#onError = onError;
    this.#concurrency = concurrency;
    this.#looks = setInterval(() => void this.#lookForUnheld(), lookMs);
    void this.#lookForUnheld();
    this.#fill();
  }

  get concurrency(): number {
    return this.#concurrency;
  }

  set concurrency(value: number) {
    this.#concurrency = value;
    this.#fill();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** A store that is away isn't waited for: the next worker finds the jobs that are left active. */
  async #close(): Promise<void> {
    clearInterval(this.#looks);
    if (this.#handling > 0) await this.#handled.promise;
    if (this.#inWork + this.#fetching > 0) {
      await Promise.race([this.#idle.promise, wait(storeMsMax, undefined, { ref: false })]);
    }
    this.#isOver = true;
    const closed = this.#source.close().catch((error: unknown) => this.#report(error));
    await Promise.race([closed, wait(storeMsMax, undefined, { ref: false })]);
  }

  #hasRoom(): boolean {
    return !this.#closed && !this.#isWaiting && this.#inWork + this.#fetching < this.#concurrency;
  }

  #fill(): void {
    while (this.#hasRoom() && this.#fetching < this.#fetchesAllowed) {
      this.#fetching++;
      void this.#fetch();
    }
    if (this.#closed && this.#inWork + this.#fetching === 0) this.#idle.resolve();
  }

  async #fetch(): Promise<void> {
    try {
      this.#accept(await this.#source.take());
    } catch (error) {
      this.#report(error);
      if (!this.#closed) await wait(retryMs);
    }
    this.#fetching--;
    this.#fill();
  }

  #accept(taken: Taken): void {
    if (this.#isOver) return;
    if (taken.jobId !== null) {
      this.#fetchesAllowed = Math.min(fetchesMax, this.#fetchesAllowed * 2);
      this.#start(taken.jobId);
    } else if (!this.#isWaiting) {
      this.#fetchesAllowed = 1;
      void this.#waitForJobs(taken.dueAt);
    }
  }

  async #waitForJobs(dueAt: number): Promise<void> {
    this.#isWaiting = true;
    try {
      await this.#source.wait(dueAt);
    } catch (error) {
      this.#report(error);
      if (!this.#closed) await wait(retryMs);
    }
    this.#isWaiting = false;
    this.#fill();
  }

  #start(jobId: string): void {
    // The store may give a job to its holder again; it is finished once.
    if (this.#held.has(jobId)) return;
    this.#held.add(jobId);
    this.#inWork++;
    const recipientId = sendJob.recipientIdOf(jobId);
    const work = recipientId === undefined ? foreignJob : this.#handle(recipientId);
    this.#handling++;
    work.then(
      (outcome) => {
        this.#countHandled();
        return this.#end(jobId, outcome);
      },
      // The job stays active, and the next look finds it.
      (error: unknown) => {
        this.#countHandled();
        this.#report(error);
        this.#free(jobId);
      },
    );
  }

  #countHandled(): void {
    this.#handling--;
    if (this.#closed && this.#handling === 0) this.#handled.resolve();
  }

  async #end(jobId: string, outcome: JobOutcome): Promise<void> {
    try {
      // This job's own place is free for the next one.
      this.#inWork--;
      const takesNext = outcome === "done" && this.#hasRoom();
      this.#inWork++;
      this.#held.delete(jobId);
      if (outcome === "done") {
        const next = await this.#source.finish(jobId, takesNext);
        if (next) this.#accept(next);
      } else {
        await this.#source.delay(jobId, outcome.delayMs);
      }
    } catch (error) {
      await this.#clear(jobId, error);
    }
    this.#free(jobId);
  }

  /** Removes a job that can't be finished because its data is gone. */
  async #clear(jobId: string, error: unknown): Promise<void> {
    if (!isGone(error)) this.#report(error);
    else await this.#source.remove(jobId).catch((failure: unknown) => this.#report(failure));
  }

  #free(jobId: string): void {
    this.#held.delete(jobId);
    this.#inWork--;
    this.#fill();
  }

  async #lookForUnheld(): Promise<void> {
    // While the store is away, one look waits for it.
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const active = await this.#source.active();
      const unheld = active.filter((jobId) => !this.#held.has(jobId));
      for (const jobId of unheld) {
        if (!this.#closed && this.#unheld.has(jobId)) this.#start(jobId);
      }
      this.#unheld = new Set(unheld);
    } catch (error) {
      this.#report(error);
    } finally {
      this.#isLooking = false;
    }
  }

  #report(error: unknown): void {
    if (this.#closed) return;
    this.#onError(error instanceof Error ? error : new Error("a job failed", { cause: error }));
  }
}

/** BullMQ's codes for a job that isn't there, or isn't active, any more. */
const goneCodes = new Set<unknown>([-1, -3]);

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && goneCodes.has(error.code);
}

import type { JobsOptions, JobType, Processor } from "bullmq";
import type { JobSource } from "./job-source.ts";
import { createPostgresQueues } from "./postgres-queues.ts";
import { createRedisQueues } from "./redis-queues.ts";

/** A job's data: ids only, since the stores keep jobs in clear text. */
export type JobData = Record<string, string>;

/** The part of a BullMQ queue that Loudhailer uses, the same for both stores. */
export interface JobQueue {
  addBulk(jobs: { name: string; data: JobData; opts?: JobsOptions }[]): Promise<unknown>;
  getJobCounts(...types: JobType[]): Promise<Record<string, number>>;
  /** Returns the ids of the jobs in the given states, without reading the jobs. */
  getJobIds(types: JobType[]): Promise<string[]>;
  /** Resolves to undefined if the store has no scheduler with this id. */
  getJobScheduler(id: string): Promise<object | undefined>;
  /**
   * Adds the job at each time of the pattern (cron in UTC). Replaces the scheduler with this id.
   */
  upsertJobScheduler(
    id: string,
    times: { pattern: string; tz: string },
    job: { name: string; data: JobData },
  ): Promise<unknown>;
  /** Removes waiting jobs. Delayed and active jobs stay. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

export interface JobWorker {
  /** Number of jobs processed at once. May be changed while the worker runs. */
  concurrency: number;
  close(): Promise<void>;
}

export interface WorkerSettings {
  concurrency: number;
  onError(error: Error): void;
}

export interface QueueBackend {
  readonly kind: "redis" | "postgres";
  openQueue(name: string): JobQueue;
  /** Opens the queue for a worker that takes its jobs itself. */
  openSource(name: string, onError: (error: Error) => void): JobSource;
  openWorker(name: string, processor: Processor<JobData>, settings: WorkerSettings): JobWorker;
  /**
   * Resolves when the store answers.
   * @throws Error if the store fails, or doesn't answer within two seconds
   */
  ping(): Promise<void>;
  /**
   * Returns Redis's `maxmemory-policy`, or null if the store has none.
   * @throws Error if Redis fails, or doesn't answer within two seconds
   */
  evictionPolicy(): Promise<string | null>;
  close(): Promise<void>;
}

export interface QueueBackendOptions {
  /** URL of Redis or Valkey. Without it BullMQ keeps its jobs in PostgreSQL. */
  redisUrl?: string | undefined;
  databaseUrl: string;
  /** Key prefix that separates several installations in one Redis. */
  prefix?: string;
}

/**
 * Opens Redis if `redisUrl` is set, or else PostgreSQL. Only this function decides which store
 * holds the jobs.
 */
export function createQueueBackend(options: QueueBackendOptions): QueueBackend {
  return options.redisUrl
    ? createRedisQueues(options.redisUrl, options.prefix)
    : createPostgresQueues(options.databaseUrl, options.prefix);
}

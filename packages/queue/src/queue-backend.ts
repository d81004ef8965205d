import { withTimeout } from "@loudhailer/runtime/with-timeout.ts";
import { createPostgresBackend, Queue, Worker, withBackend } from "bullmq";
import type { JobsOptions, Processor } from "bullmq";
import { Redis } from "ioredis";
import { Pool } from "pg";
import { GatheringRedis } from "./gathering-redis.ts";

/** A job's data: ids only, since the stores keep jobs in clear text. */
export type JobData = Record<string, string>;

/** The part of a BullMQ queue that Loudhailer uses, the same for both stores. */
export interface JobQueue {
  addBulk(jobs: { name: string; data: JobData; opts?: JobsOptions }[]): Promise<unknown>;
  getJobCounts(
    ...types: ("wait" | "active" | "delayed" | "prioritized")[]
  ): Promise<Record<string, number>>;
  /** Returns the ids of the jobs in these states; an end of -1 is the last one. */
  getRanges(
    types: ("wait" | "active" | "delayed" | "prioritized")[],
    start: number,
    end: number,
  ): Promise<string[]>;
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
  openWorker(name: string, processor: Processor<JobData>, settings: WorkerSettings): JobWorker;
  /**
   * Resolves when the store answers.
   * @throws Error if the store fails, or doesn't answer within two seconds
   */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface QueueBackendOptions {
  /** URL of Redis or Valkey. Without it BullMQ keeps its jobs in PostgreSQL. */
  redisUrl?: string | undefined;
  databaseUrl: string;
  /** Key prefix that separates several installations in one Redis. */
  prefix?: string;
}

const answerMsMax = 2_000;

/**
 * Settings of every worker.
 * - Finished jobs are removed completely: PostgreSQL holds each recipient's outcome. As job options,
 *   these settings would be stored, sent, and parsed with every job.
 * - The active jobs of a dead worker return to the queue within 15 s. It is harmless if this happens
 *   to a job of a live worker, even repeatedly: a worker must claim the recipient before it sends.
 */
const workerDefaults = {
  runRetryDelay: 1_000,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
  lockDuration: 10_000,
  stalledInterval: 5_000,
  // The largest value of PostgreSQL's integer type.
  maxStalledCount: 2_147_483_647,
};

/**
 * Opens Redis if `redisUrl` is set, or else PostgreSQL. Only this function decides which store
 * holds the jobs.
 */
export function createQueueBackend(options: QueueBackendOptions): QueueBackend {
  return options.redisUrl
    ? createRedisQueues(options.redisUrl, options.prefix)
    : createPostgresQueues(options.databaseUrl, options.prefix);
}

function createRedisQueues(redisUrl: string, prefix = "loudhailer"): QueueBackend {
  // A producer's command fails after one reconnect, so that the feeder continues with other numbers.
  // A worker's command waits for Redis to return, as BullMQ requires.
  const producer = new Redis(redisUrl, { maxRetriesPerRequest: 1, commandTimeout: 5_000 });
  const consumer = new GatheringRedis(redisUrl, { maxRetriesPerRequest: null });
  for (const connection of [producer, consumer]) connection.on("error", () => undefined);
  return {
    kind: "redis",
    openQueue: (name) =>
      new Queue<JobData>(name, { connection: producer, prefix }).on("error", () => undefined),
    openWorker: (name, processor, { concurrency, onError }) =>
      new Worker<JobData>(name, processor, {
        connection: consumer,
        prefix,
        concurrency,
        ...workerDefaults,
      }).on("error", onError),
    ping: () => answerOf(producer.ping()),
    close: async () => {
      producer.disconnect();
      consumer.disconnect();
    },
  };
}

function createPostgresQueues(databaseUrl: string, prefix = "loudhailer"): QueueBackend {
  const { Queue: PostgresQueue, Worker: PostgresWorker } = withBackend(createPostgresBackend);
  const connection = {
    connectionString: databaseUrl,
    schema: "bullmq",
    migrate: true,
    max: 6,
    // A job lost in a crash is enqueued again, so no job waits for the disk. Measured in a demo at
    // 400/s: 324 and 329 messages/s, compared with 261 and 268 with a durable commit per job.
    options: "-c synchronous_commit=off",
    application_name: "loudhailer-queue",
  };
  const probe = new Pool({ connectionString: databaseUrl, max: 1 });
  probe.on("error", () => undefined);
  return {
    kind: "postgres",
    openQueue: (name) =>
      new PostgresQueue<JobData>(name, { connection, prefix }).on("error", () => undefined),
    openWorker: (name, processor, { concurrency, onError }) =>
      new PostgresWorker<JobData>(name, processor, {
        connection,
        prefix,
        concurrency,
        ...workerDefaults,
      }).on("error", onError),
    ping: () => answerOf(probe.query("select 1")),
    close: () => probe.end(),
  };
}

async function answerOf(ping: Promise<unknown>): Promise<void> {
  await withTimeout(ping, answerMsMax, () => new Error("the queue's store does not answer"));
}

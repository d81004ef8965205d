import { createPostgresBackend, Queue, Worker, withBackend } from "bullmq";
import type { JobsOptions, Processor } from "bullmq";
import { Redis } from "ioredis";
import { Pool } from "pg";
import { GatheringRedis } from "./gathering-redis.ts";

/** Jobs carry ids only: the stores keep them in clear text. */
export type JobData = Record<string, string>;

/** What we use of a BullMQ queue, whichever store is behind it. */
export interface JobQueue {
  addBulk(jobs: { name: string; data: JobData; opts?: JobsOptions }[]): Promise<unknown>;
  getJobCounts(
    ...types: ("wait" | "active" | "delayed" | "prioritized")[]
  ): Promise<Record<string, number>>;
  /** Undefined where the store knows no such scheduler. */
  getJobScheduler(id: string): Promise<object | undefined>;
  /** Adds the job at each time of the pattern (cron in UTC), in place of what the id stood for. */
  upsertJobScheduler(
    id: string,
    times: { pattern: string; tz: string },
    job: { name: string; data: JobData },
  ): Promise<unknown>;
  /** Removes the jobs that wait, not those that are delayed or in work. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

export interface JobWorker {
  /** Jobs in work at once; may be changed while it runs. */
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
  /** Throws when the store doesn't answer within two seconds. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface QueueBackendOptions {
  /** Redis or Valkey; without it BullMQ keeps its jobs in PostgreSQL. */
  redisUrl?: string | undefined;
  databaseUrl: string;
  /** Keeps the keys of several installations in one Redis apart. */
  prefix?: string;
}

/**
 * A finished job leaves nothing behind: PostgreSQL knows what became of the recipient. Said by the
 * worker: as options of the jobs it would be stored, sent and parsed with each of them.
 */
const leaveNothing = { removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } };

/**
 * What a dead worker had in hand is back in the queue within 15 s. A job that is taken back while
 * its worker still lives does no harm, however often: whoever works on it must claim first.
 */
const takeBack = {
  lockDuration: 10_000,
  stalledInterval: 5_000,
  // The largest that PostgreSQL's integer holds.
  maxStalledCount: 2_147_483_647,
};

/** The only place that knows which store holds the jobs. */
export function createQueueBackend(options: QueueBackendOptions): QueueBackend {
  return options.redisUrl
    ? createRedisQueues(options.redisUrl, options.prefix)
    : createPostgresQueues(options.databaseUrl, options.prefix);
}

function createRedisQueues(redisUrl: string, prefix = "loudhailer"): QueueBackend {
  // A producer's command fails after one reconnect, so that the feeder never hangs with a row
  // locked; a worker's waits for Redis to come back, as BullMQ demands.
  const producer = new Redis(redisUrl, { maxRetriesPerRequest: 1, commandTimeout: 5_000 });
  const consumer = new GatheringRedis(redisUrl, { maxRetriesPerRequest: null });
  for (const connection of [producer, consumer]) connection.on("error", () => undefined);
  return {
    kind: "redis",
    openQueue: (name) => {
      const queue = new Queue<JobData>(name, { connection: producer, prefix });
      queue.on("error", () => undefined);
      return queue;
    },
    openWorker: (name, processor, settings) => {
      const worker = new Worker<JobData>(name, processor, {
        connection: consumer,
        prefix,
        concurrency: settings.concurrency,
        runRetryDelay: 1_000,
        ...takeBack,
        ...leaveNothing,
      });
      worker.on("error", settings.onError);
      return worker;
    },
    ping: () => within(2_000, producer.ping()),
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
    // A job that a crash loses is fed again, so no job waits for the disk: measured 324 and 329
    // messages/s in a demo at 400/s, against 261 and 268 with a durable commit each.
    options: "-c synchronous_commit=off",
    application_name: "loudhailer-queue",
  };
  const probe = new Pool({ connectionString: databaseUrl, max: 1 });
  probe.on("error", () => undefined);
  return {
    kind: "postgres",
    openQueue: (name) => {
      const queue = new PostgresQueue<JobData>(name, { connection, prefix });
      queue.on("error", () => undefined);
      return queue;
    },
    openWorker: (name, processor, settings) => {
      const worker = new PostgresWorker<JobData>(name, processor, {
        connection,
        prefix,
        concurrency: settings.concurrency,
        runRetryDelay: 1_000,
        ...takeBack,
        ...leaveNothing,
      });
      worker.on("error", settings.onError);
      return worker;
    },
    ping: () => within(2_000, probe.query("select 1")),
    close: () => probe.end(),
  };
}

async function within(timeoutMs: number, answer: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the queue's store does not answer")), timeoutMs);
  });
  try {
    await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

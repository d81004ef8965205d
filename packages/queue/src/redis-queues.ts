import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { hideEvictionPolicy, readEvictionPolicy } from "./eviction-policy.ts";
import { GatheringRedis } from "./gathering-redis.ts";
import { openJobQueue } from "./job-queue.ts";
import { openJobSource } from "./job-source.ts";
import type { JobData, QueueBackend } from "./queue-backend.ts";
import { answerOf, workerDefaults } from "./store-settings.ts";

// BullMQ's events have no reader and can't be turned off. 10,000 (the default) take 0.5 MB a queue.
const streams = { events: { maxLen: 100 } };

/**
 * Longest silence after a command: a Redis that vanished without closing its connections is noticed
 * by then, and not when TCP gives up after a quarter of an hour. Blocking commands take 10 s.
 */
const socketTimeout = 14_000;

/** Keeps the jobs in Redis or Valkey. */
export function createRedisQueues(redisUrl: string, prefix = "loudhailer"): QueueBackend {
  // A producer's command fails after one reconnect. A worker's command waits for Redis to return,
  // as BullMQ requires.
  const producer = hideEvictionPolicy(
    new Redis(redisUrl, { maxRetriesPerRequest: 1, socketTimeout }),
  );
  const consumer = hideEvictionPolicy(
    new GatheringRedis(redisUrl, { maxRetriesPerRequest: null, socketTimeout }),
  );
  for (const connection of [producer, consumer]) connection.on("error", () => undefined);
  const workerOptions = { connection: consumer, prefix, ...workerDefaults };
  return {
    kind: "redis",
    openQueue: (name) =>
      openJobQueue(
        new Queue<JobData>(name, { connection: producer, prefix, streams }).on(
          "error",
          () => undefined,
        ),
      ),
    openSource: (name, onError) =>
      openJobSource(new Worker<JobData>(name, null, workerOptions).on("error", onError)),
    openWorker: (name, processor, { concurrency, onError }) =>
      new Worker<JobData>(name, processor, { ...workerOptions, concurrency }).on("error", onError),
    async ping() {
      await answerOf(producer.ping());
    },
    evictionPolicy: () => answerOf(readEvictionPolicy(producer)),
    async close() {
      producer.disconnect();
      consumer.disconnect();
    },
  };
}

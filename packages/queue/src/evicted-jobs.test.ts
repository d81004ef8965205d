import { eventually } from "@loudhailer/testing/eventually.ts";
import { useEvictingRedis } from "@loudhailer/testing/evicting-redis.ts";
import { useTestDatabase, useTestRedis } from "@loudhailer/testing/test-environment.ts";
import { Redis } from "ioredis";
import { afterAll, describe, expect, test } from "vitest";
import { createQueueBackend } from "./queue-backend.ts";
import { sendJob } from "./send-job.ts";
import { openSendQueues } from "./send-queues.ts";
import { openSendWorker, type JobOutcome } from "./send-worker.ts";

const { databaseUrl } = await useTestDatabase();
const { redisUrl, prefix } = await useTestRedis();
const evicting = await useEvictingRedis(6);

const closes: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closes) await close();
});

function open(url: string) {
  const backend = createQueueBackend({ redisUrl: url, databaseUrl, prefix });
  const queues = openSendQueues(backend);
  const redis = new Redis(url);
  closes.push(async () => {
    redis.disconnect();
    await queues.close();
    await backend.close();
  });
  return { backend, queues, redis };
}

function dataOf(phoneNumberId: string, recipientId: string): string {
  return `${prefix}:${sendJob.queueName(phoneNumberId)}:${sendJob.jobId(recipientId, "1")}`;
}

describe("jobs whose data is gone", () => {
  const { backend, queues, redis } = open(redisUrl);

  const cases: { when: string; outcome: JobOutcome; isGoneBefore: boolean }[] = [
    { when: "before it is fetched", outcome: "done", isGoneBefore: true },
    { when: "while it is in work", outcome: "done", isGoneBefore: false },
    { when: "before it is delayed", outcome: { delayMs: 60_000 }, isGoneBefore: false },
  ];
  test.each(cases)("ends without an error when it is gone $when", async (lost) => {
    const phoneNumberId = `20${cases.indexOf(lost)}`;
    await queues.add(phoneNumberId, ["1", "2"], "1");
    if (lost.isGoneBefore) await redis.del(dataOf(phoneNumberId, "1"));
    const handled: string[] = [];
    const errors: Error[] = [];
    const worker = openSendWorker(
      backend,
      phoneNumberId,
      async (recipientId) => {
        handled.push(recipientId);
        if (recipientId !== "1") return "done";
        if (!lost.isGoneBefore) await redis.del(dataOf(phoneNumberId, "1"));
        return lost.outcome;
      },
      { concurrency: 5, onError: (error) => void errors.push(error) },
    );
    await eventually(async () => expect(await queues.count(phoneNumberId)).toBe(0));
    await worker.close();
    expect(errors).toEqual([]);
    expect(handled.toSorted()).toEqual(["1", "2"]);
    expect(await redis.exists(dataOf(phoneNumberId, "1"))).toBe(0);
  });
});

test("a Redis that evicts the data of jobs loses no recipient whose job id it keeps", async () => {
  const { backend, queues, redis } = open(evicting.redisUrl);
  const ids = Array.from({ length: 30_000 }, (_none, index) => String(index + 1));
  for (let at = 0; at < ids.length; at += 1_000) {
    await queues.add("300", ids.slice(at, at + 1_000), "1");
  }
  expect(await redis.info("stats")).toMatch(/evicted_keys:[1-9]/);

  const handled = new Set<string>();
  const errors: Error[] = [];
  const worker = openSendWorker(
    backend,
    "300",
    async (recipientId) => {
      handled.add(recipientId);
      return "done";
    },
    { concurrency: 500, onError: (error) => void errors.push(error) },
  );
  const left = await queues.queuedIds("300");
  await eventually(async () => expect(await queues.count("300")).toBe(0), {
    timeoutMs: 45_000,
  });
  await worker.close();
  expect(errors).toEqual([]);
  expect([...left].filter((recipientId) => !handled.has(recipientId))).toEqual([]);
}, 60_000);

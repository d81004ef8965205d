import { eventually } from "@loudhailer/testing/eventually.ts";
import { useTestDatabase, useTestRedis } from "@loudhailer/testing/test-environment.ts";
import { afterAll, describe, expect, test } from "vitest";
import { createQueueBackend } from "./queue-backend.ts";
import { openSendQueues } from "./send-queues.ts";
import { openSendWorker } from "./send-worker.ts";

const { databaseUrl } = await useTestDatabase();
const { redisUrl, prefix } = await useTestRedis();

describe.each([
  { kind: "redis" as const, options: { redisUrl, databaseUrl, prefix } },
  { kind: "postgres" as const, options: { databaseUrl, prefix } },
])("on $kind", ({ kind, options }) => {
  const backend = createQueueBackend(options);
  const queues = openSendQueues(backend);
  afterAll(async () => {
    await queues.close();
    await backend.close();
  });
  const settings = { concurrency: 20, onError: () => undefined };

  test("creates the backend of the given options, which answers a ping", async () => {
    expect(backend.kind).toBe(kind);
    await backend.ping();
  });

  test("keeps one job per recipient when a recipient is added repeatedly", async () => {
    await queues.add("101", ["1", "2", "3"], "1");
    await queues.add("101", ["2", "3", "4"], "1");
    expect(await queues.count("101")).toBe(4);
    const handled: string[] = [];
    const worker = openSendWorker(
      backend,
      "101",
      async (recipientId) => {
        handled.push(recipientId);
        return "done";
      },
      settings,
    );
    await eventually(async () => expect(await queues.count("101")).toBe(0));
    await worker.close();
    expect(handled.toSorted()).toEqual(["1", "2", "3", "4"]);
  });

  test("queues a recipient again in a new feeding while a job of an earlier one is left", async () => {
    await queues.add("106", ["1", "2"], "1");
    await queues.add("106", ["2", "3"], "2");
    expect(await queues.count("106")).toBe(4);
    expect(await queues.queuedIds("106")).toEqual(new Set(["1", "2", "3"]));
  });

  test("lists waiting, delayed, and active recipients, and no finished ones", async () => {
    await queues.add("107", ["1", "2", "3"], "1");
    const inWork = Promise.withResolvers<void>();
    const started: string[] = [];
    const worker = openSendWorker(
      backend,
      "107",
      async (recipientId) => {
        started.push(recipientId);
        if (recipientId === "1") return "done";
        if (recipientId === "2") return { delayMs: 60_000 };
        await inWork.promise;
        return "done";
      },
      { ...settings, concurrency: 1 },
    );
    await eventually(() => expect(started).toEqual(["1", "2", "3"]));
    await queues.add("107", ["4"], "1");
    expect(await queues.queuedIds("107")).toEqual(new Set(["2", "3", "4"]));
    inWork.resolve();
    await eventually(async () => {
      expect(await queues.queuedIds("107")).toEqual(new Set(["2"]));
    });
    await worker.close();
  });

  test("handles jobs that were active when their worker died", async () => {
    await queues.add("108", ["1", "2", "3"], "1");
    const dead = backend.openSource("send-108", () => undefined);
    await dead.take();
    await dead.take();
    await dead.close();
    const handled: string[] = [];
    const worker = openSendWorker(
      backend,
      "108",
      async (recipientId) => {
        handled.push(recipientId);
        return "done";
      },
      settings,
    );
    await eventually(async () => expect(await queues.count("108")).toBe(0));
    await worker.close();
    expect(handled.toSorted()).toEqual(["1", "2", "3"]);
  });

  test("handles a job again whose handler failed", async () => {
    await queues.add("109", ["1"], "1");
    const errors: string[] = [];
    let calls = 0;
    const worker = openSendWorker(
      backend,
      "109",
      async () => {
        calls++;
        if (calls === 1) throw new Error("not this time");
        return "done";
      },
      { concurrency: 1, onError: ({ message }) => void errors.push(message) },
    );
    await eventually(async () => expect(await queues.count("109")).toBe(0));
    await worker.close();
    expect({ calls, errors }).toEqual({ calls: 2, errors: ["not this time"] });
  });

  test("looks for jobs of dead workers without an error when a worker starts", async () => {
    await queues.add("103", ["9"], "1");
    const taken = Promise.withResolvers<void>();
    const errors: Error[] = [];
    const worker = openSendWorker(
      backend,
      "103",
      async () => {
        taken.resolve();
        return "done";
      },
      { concurrency: 1, onError: (error) => void errors.push(error) },
    );
    await taken.promise;
    // The first check runs when the worker starts, and closing waits for it.
    await worker.close();
    expect(errors).toEqual([]);
  });

  test("returns a delayed recipient to the worker after the delay, not earlier", async () => {
    await queues.add("102", ["7"], "1");
    const handledAt: number[] = [];
    const worker = openSendWorker(
      backend,
      "102",
      async () => {
        handledAt.push(performance.now());
        return handledAt.length < 3 ? { delayMs: 100 } : "done";
      },
      settings,
    );
    await eventually(async () => expect(await queues.count("102")).toBe(0));
    await worker.close();
    expect(handledAt).toHaveLength(3);
    const [first = 0, second = 0, third = 0] = handledAt;
    expect(second - first).toBeGreaterThan(95);
    expect(third - second).toBeGreaterThan(95);
  });

  test("starts the first jobs before the worker has fetched as many as its concurrency allows", async () => {
    const count = 600;
    await queues.add(
      "105",
      Array.from({ length: count }, (_, index) => String(index + 1)),
      "1",
    );
    const queue = backend.openQueue("send-105");
    let inWork = 0;
    const manyInWork = Promise.withResolvers<void>();
    const leftAtFirst = Promise.withResolvers<number>();
    const worker = openSendWorker(
      backend,
      "105",
      async () => {
        inWork++;
        if (inWork === 1) leftAtFirst.resolve((await queue.getJobCounts("wait"))["wait"] ?? 0);
        if (inWork > 100) manyInWork.resolve();
        await manyInWork.promise;
        return "done";
      },
      { ...settings, concurrency: count },
    );
    expect(await leftAtFirst.promise).toBeGreaterThan(count / 2);
    await eventually(async () => expect(await queues.count("105")).toBe(0));
    await worker.close();
    await queue.close();
  });

  test("removes waiting jobs, which may be added again, and keeps delayed and active jobs", async () => {
    await queues.add("104", ["1", "2"], "1");
    const inWork = Promise.withResolvers<void>();
    const handled: string[] = [];
    const worker = openSendWorker(
      backend,
      "104",
      async (recipientId) => {
        handled.push(recipientId);
        if (handled.length === 1) return { delayMs: 2_000 };
        if (handled.length === 2) await inWork.promise;
        return "done";
      },
      { ...settings, concurrency: 1 },
    );
    await eventually(() => expect(handled).toHaveLength(2));
    await queues.add("104", ["3", "4", "5"], "1");
    await queues.takeBack("104");
    expect(await queues.count("104")).toBe(2);
    await queues.add("104", ["4"], "1");
    inWork.resolve();
    await eventually(async () => expect(await queues.count("104")).toBe(0));
    await worker.close();
    expect(handled.toSorted()).toEqual(["1", "1", "2", "4"]);
  });
});

import { setTimeout as wait } from "node:timers/promises";
import { openDatabaseProxy } from "@loudhailer/testing/database-proxy.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { useTestDatabase, useTestRedis } from "@loudhailer/testing/test-environment.ts";
import { afterAll, expect, test } from "vitest";
import { createQueueBackend } from "./queue-backend.ts";
import { openSendQueues } from "./send-queues.ts";
import { openSendWorker } from "./send-worker.ts";

const { databaseUrl } = await useTestDatabase();
const { redisUrl, prefix } = await useTestRedis();
const direct = createQueueBackend({ redisUrl, databaseUrl, prefix });
const queues = openSendQueues(direct);
const proxy = await openDatabaseProxy(redisUrl);
const backend = createQueueBackend({ redisUrl: proxy.url, databaseUrl, prefix });
afterAll(async () => {
  await queues.close();
  await direct.close();
  await backend.close();
  await proxy.close();
});

test("an idle worker closes while Redis is away, and another one continues when it is back", async () => {
  const handled: string[] = [];
  const errors: Error[] = [];
  const open = (number: string) =>
    openSendWorker(
      backend,
      number,
      async (recipientId) => {
        handled.push(recipientId);
        return "done";
      },
      { concurrency: 20, onError: (error) => errors.push(error) },
    );
  const idle = open("301");
  const busy = open("302");
  await queues.add("301", ["1"], "1");
  await queues.add("302", ["2"], "1");
  await eventually(() => expect(handled.toSorted()).toEqual(["1", "2"]));
  await proxy.close();
  await eventually(() => expect(errors).not.toEqual([]));
  await idle.close();
  await proxy.open();
  await queues.add("302", ["3"], "2");
  await eventually(() => expect(handled).toContain("3"), { timeoutMs: 10_000 });
  await busy.close();
});

/** Opens a worker whose jobs end when `end` is called. */
function openHolding(number: string) {
  const job = Promise.withResolvers<void>();
  const handled: string[] = [];
  const handle = async (recipientId: string) => {
    handled.push(recipientId);
    await job.promise;
    return "done" as const;
  };
  const worker = openSendWorker(backend, number, handle, {
    concurrency: 20,
    onError: () => undefined,
  });
  return { worker, handled, end: job.resolve };
}

test("a worker that asks for a job closes while Redis is away", async () => {
  const { worker } = openHolding("303");
  await proxy.close();
  // After a pause, an idle worker asks again, and the question waits for Redis.
  await wait(1_500);
  expect(await worker.close().then(() => "closed")).toBe("closed");
  await proxy.open();
});

test("a worker closes while Redis is away once its messages are done", async () => {
  const { worker, handled, end } = openHolding("304");
  await queues.add("304", ["4"], "1");
  await eventually(() => expect(handled).toEqual(["4"]));
  await proxy.close();
  let isClosed = false;
  const closing = worker.close().then(() => (isClosed = true));
  await wait(100);
  expect(isClosed).toBe(false);
  end();
  await closing;
  await proxy.open();
});

import { eventually } from "@loudhailer/testing/eventually.ts";
import { useEvictingRedis } from "@loudhailer/testing/evicting-redis.ts";
import { useTestDatabase, useTestRedis } from "@loudhailer/testing/test-environment.ts";
import { afterEach, expect, test, vi } from "vitest";
import { checkEviction } from "./check-eviction.ts";
import { createQueueBackend, type QueueBackend } from "./queue-backend.ts";
import { openSendQueues } from "./send-queues.ts";
import { openSendWorker } from "./send-worker.ts";

const { databaseUrl } = await useTestDatabase();
const { redisUrl } = await useTestRedis();
const evicting = await useEvictingRedis(6);

const warn = vi.fn<(fields: object, message: string) => void>();
const log = { info: () => undefined, warn, error: () => undefined };
const opened: QueueBackend[] = [];
afterEach(async () => {
  warn.mockClear();
  for (const backend of opened.splice(0)) await backend.close();
});

function open(url?: string): QueueBackend {
  const backend = createQueueBackend({ redisUrl: url, databaseUrl });
  opened.push(backend);
  return backend;
}

test("a Redis that evicts keys is refused in production, with what to set", async () => {
  await expect(checkEviction(open(evicting.redisUrl), log, true)).rejects.toThrow(
    /maxmemory-policy is allkeys-lru.*\nSet "maxmemory-policy noeviction"/,
  );
});

test("a Redis that evicts keys is warned about once elsewhere, and BullMQ prints nothing", async () => {
  const printed = vi.spyOn(console, "warn");
  const backend = open(evicting.redisUrl);
  await checkEviction(backend, log, false);
  const queues = openSendQueues(backend);
  await queues.add("301", ["1"], "1");
  const worker = openSendWorker(backend, "301", async () => "done", {
    concurrency: 1,
    onError: () => undefined,
  });
  await eventually(async () => expect(await queues.count("301")).toBe(0));
  await worker.close();
  await queues.close();
  expect(warn).toHaveBeenCalledOnce();
  expect(printed).not.toHaveBeenCalled();
  printed.mockRestore();
});

test.each([
  { store: "a Redis that keeps its keys", url: redisUrl },
  { store: "a Redis that doesn't answer", url: "redis://127.0.0.1:1" },
  { store: "PostgreSQL", url: undefined },
])("$store is accepted without a warning", async ({ url }) => {
  await checkEviction(open(url), log, true);
  expect(warn).not.toHaveBeenCalled();
});

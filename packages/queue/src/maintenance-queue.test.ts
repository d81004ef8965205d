import { eventually } from "@loudhailer/testing/eventually.ts";
import { useTestDatabase, useTestRedis } from "@loudhailer/testing/test-environment.ts";
import { Redis } from "ioredis";
import { afterAll, expect, test } from "vitest";
import { openMaintenanceQueue, openMaintenanceWorker } from "./maintenance-queue.ts";
import { createQueueBackend } from "./queue-backend.ts";

const { databaseUrl } = await useTestDatabase();
const { redisUrl, prefix } = await useTestRedis();
const backend = createQueueBackend({ redisUrl, databaseUrl, prefix });
afterAll(() => backend.close());

test("ensureDaily restores the schedule when the store has lost it", async () => {
  const queue = openMaintenanceQueue(backend);
  const seen: string[] = [];
  const worker = openMaintenanceWorker(backend, async ({ name }) => void seen.push(name), {
    concurrency: 1,
    onError: () => undefined,
  });
  const everySecond = "* * * * * *";
  await queue.ensureDaily(everySecond);
  await eventually(() => expect(seen).not.toEqual([]));

  const redis = new Redis(redisUrl);
  await redis.del(await redis.keys(`${prefix}:maintenance:*`));
  redis.disconnect();
  await queue.ensureDaily(everySecond);
  const before = seen.length;
  await eventually(() => expect(seen.length).toBeGreaterThan(before + 1));
  await worker.close();
  await queue.close();
});

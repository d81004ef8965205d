import { Redis } from "ioredis";
import { afterAll, expect, test } from "vitest";
import { createTestRedis } from "./test-redis.ts";

const ours = await createTestRedis();
const redis = new Redis(ours.redisUrl);
afterAll(() => redis.disconnect());

test("drop deletes every key with the prefix and no other", async () => {
  const other = await createTestRedis();
  for (const { prefix } of [ours, other]) {
    await redis.mset(Object.fromEntries([1, 2, 3].map((n) => [`${prefix}:key:${n}`, n])));
  }
  await ours.drop();
  expect(await redis.keys(`${ours.prefix}*`)).toEqual([]);
  expect(await redis.keys(`${other.prefix}*`)).toHaveLength(3);
  await other.drop();
});

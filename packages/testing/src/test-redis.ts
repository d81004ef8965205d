import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import { storeUrl } from "./store-url.ts";

/** The shared Redis and an exclusive key prefix. */
export interface TestRedis {
  redisUrl: string;
  prefix: string;
  drop(): Promise<void>;
}

/** Returns a new key prefix. Call `drop` to delete its keys, or call `useTestRedis` instead. */
export async function createTestRedis(): Promise<TestRedis> {
  const redisUrl = await storeUrl("redis");
  const prefix = `test-${randomBytes(6).toString("hex")}`;
  return {
    redisUrl,
    prefix,
    drop: async () => {
      const redis = new Redis(redisUrl);
      try {
        for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 })) {
          if (Array.isArray(keys) && keys.length > 0) await redis.unlink(keys);
        }
      } finally {
        redis.disconnect();
      }
    },
  };
}

import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import { inject } from "vitest";

/** The shared Redis and an exclusive key prefix. */
export interface TestRedis {
  redisUrl: string;
  prefix: string;
  drop(): Promise<void>;
}

/** Returns a new key prefix. Call `drop` to delete its keys, or call `useTestRedis` instead. */
export function createTestRedis(): TestRedis {
  const redisUrl = inject("redisUrl");
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

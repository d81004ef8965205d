import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import { inject } from "vitest";

/** The shared Redis and a key prefix that nobody else uses. */
export interface TestRedis {
  redisUrl: string;
  prefix: string;
  drop(): Promise<void>;
}

/** A fresh key prefix; `drop` deletes every key under it (`useTestRedis` does that by itself). */
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

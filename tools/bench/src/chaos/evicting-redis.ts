import { setTimeout as wait } from "node:timers/promises";
import { Redis } from "ioredis";
import type { ChaosScenario } from "../chaos-scenario.ts";
import { waitForEnd } from "../wait-for-end.ts";
import { allSettled } from "./allowed.ts";

const evictAfterMs = 2_000;
const memory = "6mb";
const filler = "x".repeat(1_000);
const fillers = 200;
const fillEveryMs = 250;

async function fill(redis: Redis, signal: AbortSignal): Promise<void> {
  for (let filled = 0; !signal.aborted; filled += fillers) {
    for (let n = 0; n < fillers; n++) {
      // Redis refuses when there is nothing left to evict.
      void redis.set(`filler:${filled + n}`, filler).catch(() => null);
    }
    await wait(fillEveryMs);
  }
}

/**
 * Redis evicts the least recently used keys above 6 MB until the broadcast ends, while another
 * program fills it: a queue of this broadcast alone may fit.
 */
export const evictingRedis: ChaosScenario = {
  name: "evicting-redis",
  seconds: 25,
  allowed: allSettled,
  async disturb({ stack, broadcastId, note }) {
    const redis = new Redis(stack.redisUrl);
    redis.on("error", () => undefined);
    await wait(evictAfterMs);
    await redis.config("SET", "maxmemory", memory);
    await redis.config("SET", "maxmemory-policy", "allkeys-lru");
    const filling = new AbortController();
    const end = waitForEnd(stack.db, broadcastId, this.seconds * 2_000).finally(() =>
      filling.abort(),
    );
    try {
      await fill(redis, filling.signal);
      await end;
    } finally {
      const [, evicted] = /evicted_keys:(\d+)/.exec(await redis.info("stats")) ?? [];
      note({ evictedKeys: Number(evicted) });
      await redis.config("SET", "maxmemory", "0");
      await redis.config("SET", "maxmemory-policy", "noeviction");
      redis.disconnect();
    }
  },
};

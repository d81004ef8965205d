import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRedisServer } from "@loudhailer/local/redis-server.ts";
import { Redis } from "ioredis";
import { afterAll } from "vitest";

/**
 * Starts a Redis of this test file alone that deletes the least recently used keys when it holds
 * `megabytes`.
 */
export async function useEvictingRedis(megabytes: number): Promise<{ redisUrl: string }> {
  const dir = await mkdtemp(join(tmpdir(), "loudhailer-evicting-"));
  const server = await startRedisServer({ dir, persistent: false });
  afterAll(() => server.stop());
  const redis = new Redis(server.url);
  await redis.config("SET", "maxmemory-policy", "allkeys-lru");
  await redis.config("SET", "maxmemory", `${megabytes}mb`);
  redis.disconnect();
  return { redisUrl: server.url };
}

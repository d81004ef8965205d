import { Redis } from "ioredis";
import { Client } from "pg";
import type { Run } from "../state/run-file.ts";

/** Returns the entire content of the queue's store as text. */
export function readJobs({ redisUrl, databaseUrl }: Run): Promise<string> {
  return redisUrl === null ? readPostgres(databaseUrl) : readRedis(redisUrl);
}

async function readRedis(redisUrl: string): Promise<string> {
  const redis = new Redis(redisUrl);
  try {
    const keys = await redis.keys("*");
    const values = await Promise.all(keys.map(async (key) => [key, await readKey(redis, key)]));
    return JSON.stringify(values);
  } finally {
    redis.disconnect();
  }
}

async function readKey(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case "string":
      return redis.get(key);
    case "hash":
      return redis.hgetall(key);
    case "list":
      return redis.lrange(key, 0, -1);
    case "set":
      return redis.smembers(key);
    case "zset":
      return redis.zrange(key, "0", "-1");
    case "stream":
      return redis.xrange(key, "-", "+");
    default: // The key was deleted after it was listed.
      return null;
  }
}

async function readPostgres(connectionString: string): Promise<string> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ content: string }>(
      `select schema_to_xml('bullmq', true, false, '')::text as content`,
    );
    return rows[0]?.content ?? "";
  } finally {
    await client.end();
  }
}

import { basename, join } from "node:path";
import { findRedisServer, startRedisServer } from "@loudhailer/local/redis-server.ts";
import type { StatePaths } from "../checkout.ts";
import type { Stoppable } from "../processes/shutdown-stack.ts";
import { checkRedis } from "./check-redis.ts";
import { keepRunning } from "./keep-running.ts";

/** Where a run's jobs wait. `redisUrl` is null where they wait in PostgreSQL. */
export interface RunQueue {
  redisUrl: string | null;
  description: string;
  server: Stoppable | null;
}

/**
 * The Redis of REDIS_URL, else the redis-server or valkey-server on PATH, started (and again when it
 * dies until it is stopped), else PostgreSQL.
 * @throws CliError where REDIS_URL does not answer
 */
export async function startQueue(
  paths: StatePaths,
  say: (line: string) => void,
): Promise<RunQueue> {
  const given = process.env["REDIS_URL"];
  if (given) {
    await checkRedis(given);
    return { redisUrl: given, description: "the Redis of REDIS_URL", server: null };
  }
  const program = findRedisServer();
  if (!program) {
    return {
      redisUrl: null,
      description: "PostgreSQL (install redis-server for more messages a second)",
      server: null,
    };
  }
  const options = {
    dir: paths.redis,
    persistent: true,
    logFile: join(paths.logs, "redis.log"),
  };
  const redis = await startRedisServer(options);
  const { port } = redis;
  const name = basename(program);
  return {
    redisUrl: redis.url,
    description: `${name}, port ${port}`,
    server: keepRunning({
      name,
      logFile: options.logFile,
      server: redis,
      restart: () => startRedisServer({ ...options, port }),
      say,
    }),
  };
}

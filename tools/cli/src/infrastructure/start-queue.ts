import { basename, join } from "node:path";
import { findRedisServer, startRedisServer } from "@loudhailer/local/redis-server.ts";
import type { StatePaths } from "../checkout.ts";
import type { Stoppable } from "../processes/shutdown-stack.ts";
import { checkRedis } from "./check-redis.ts";
import { keepRunning } from "./keep-running.ts";

/** The store of a run's jobs. `redisUrl` is null if PostgreSQL stores them. */
export interface RunQueue {
  redisUrl: string | null;
  description: string;
  server: Stoppable | null;
}

/**
 * Returns the Redis of REDIS_URL, or else starts the redis-server or valkey-server on PATH, or else
 * returns PostgreSQL. Restarts a server that it started when the server exits, until it is stopped.
 * @throws CliError if the server of REDIS_URL doesn't answer
 * @throws Error if the server on PATH doesn't start
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

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "@loudhailer/local/embedded-postgres.ts";
import { installRedisServer } from "@loudhailer/local/install-redis-server.ts";
import { startRedisServer } from "@loudhailer/local/redis-server.ts";
import { migrateToLatest } from "@loudhailer/db/migrate.ts";
import { startProcess, type StartedProcess } from "./start-process.ts";

export interface Infrastructure {
  databaseUrl: string;
  redisUrl: string;
  simulatorUrl: string;
  /** A dispatcher in a process of its own, ready to send. */
  startDispatcher(): Promise<StartedProcess>;
  close(): Promise<void>;
}

/** Of this run alone. */
export const encryptionKeyBytes = Buffer.alloc(32, 7);

/**
 * PostgreSQL (durable, as in production), Redis and the simulator, each a process of its own on
 * this machine, thrown away afterwards.
 */
export async function startInfrastructure(simulatorFlags: string[]): Promise<Infrastructure> {
  const dir = await mkdtemp(join(tmpdir(), "loudhailer-bench-"));
  installRedisServer();
  const [postgres, redis, simulator] = await Promise.all([
    startEmbeddedPostgres({
      dataDir: join(dir, "postgres"),
      persistent: false,
      settings: { fsync: "on", synchronous_commit: "on", full_page_writes: "on" },
    }),
    startRedisServer({ dir: join(dir, "redis"), persistent: false }),
    startProcess("tools/meta-simulator/src/main.ts", simulatorFlags, {}),
  ]);
  await migrateToLatest({ databaseUrl: postgres.url });
  const { url: simulatorUrl } = simulator.ready;
  const dispatchers: StartedProcess[] = [];
  return {
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    simulatorUrl,
    async startDispatcher() {
      const dispatcher = await startProcess("services/dispatcher/src/main.ts", [], {
        DATABASE_URL: postgres.url,
        REDIS_URL: redis.url,
        META_GRAPH_URL: simulatorUrl,
        ENCRYPTION_KEYS: `bench:${encryptionKeyBytes.toString("base64")}`,
        METRICS_PORT: "0",
      });
      dispatchers.push(dispatcher);
      return dispatcher;
    },
    async close() {
      await Promise.all(dispatchers.map((dispatcher) => dispatcher.stop()));
      await simulator.stop();
      await Promise.all([redis.stop(), postgres.stop()]);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

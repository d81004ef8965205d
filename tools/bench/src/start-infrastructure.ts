import { join } from "node:path";
import { migrateToLatest } from "@loudhailer/migrations/migrate.ts";
import { startProcess, type StartedProcess } from "./start-process.ts";
import { startStores, type Stores } from "./start-stores.ts";

export interface Infrastructure {
  databaseUrl: string;
  redisUrl: string;
  simulatorUrl: string;
  stores: Stores;
  /** What all services of this run have in their environment. */
  environment: Record<string, string>;
  /** A dispatcher in a process of its own, ready to send. */
  startDispatcher(env?: Record<string, string>): Promise<StartedProcess>;
  close(): Promise<void>;
}

/** Of this run alone. */
export const encryptionKeyBytes = Buffer.alloc(32, 7);
export const appSecret = "bench-app-secret";

/** What every service has in its environment. */
export function serviceEnvironment(databaseUrl: string): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    ENCRYPTION_KEYS: `bench:${encryptionKeyBytes.toString("base64")}`,
    LISTEN_HOST: "127.0.0.1",
    // A pipe's logs are for reading after a failure, not for measuring.
    LOG_LEVEL: "info",
  };
}

/**
 * PostgreSQL (durable, as in production), Redis and the simulator, each a process of its own on
 * this machine, thrown away afterwards.
 */
export async function startInfrastructure(simulatorFlags: string[]): Promise<Infrastructure> {
  const [stores, simulator] = await Promise.all([
    startStores(),
    startProcess("tools/meta-simulator/src/main.ts", simulatorFlags, {}),
  ]);
  const databaseUrl = stores.postgres.url;
  await migrateToLatest({ databaseUrl });
  const { url: simulatorUrl } = simulator.ready;
  const environment = {
    ...serviceEnvironment(databaseUrl),
    REDIS_URL: stores.redis.url,
    META_GRAPH_URL: simulatorUrl,
  };
  const dispatchers: StartedProcess[] = [];
  return {
    databaseUrl,
    redisUrl: stores.redis.url,
    simulatorUrl,
    stores,
    environment,
    async startDispatcher(env = {}) {
      const dispatcher = await startProcess(
        "services/dispatcher/src/main.ts",
        [],
        { ...environment, METRICS_PORT: "0", ...env },
        join(stores.logDir, "dispatchers.log"),
      );
      dispatchers.push(dispatcher);
      return dispatcher;
    },
    async close() {
      await Promise.all(dispatchers.map((dispatcher) => dispatcher.stop()));
      await simulator.stop();
      await stores.close();
    },
  };
}

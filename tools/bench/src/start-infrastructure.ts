import { join } from "node:path";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import type { Database } from "@loudhailer/db/database.ts";
import { migrateToLatest } from "@loudhailer/migrations/migrate.ts";
import type { Kysely } from "kysely";
import { createSimulatorClient, type SimulatorClient } from "./simulator-client.ts";
import { startProcess, type StartedProcess } from "./start-process.ts";
import { startStores, type Stores } from "./start-stores.ts";

export interface Infrastructure {
  databaseUrl: string;
  redisUrl: string;
  simulatorUrl: string;
  db: Kysely<Database>;
  simulator: SimulatorClient;
  stores: Stores;
  simulatorPid: number;
  /** Environment variables of all services of this run. */
  environment: Record<string, string>;
  /** Starts a dispatcher in its own process. Resolves when it is ready to send. */
  startDispatcher(env?: Record<string, string>): Promise<StartedProcess>;
  close(): Promise<void>;
}

/** Key that only benchmarks use. */
export const encryptionKeyBytes = Buffer.alloc(32, 7);
export const appSecret = "bench-app-secret";

/** Returns the environment variables that every service needs. */
export function serviceEnvironment(databaseUrl: string): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    ENCRYPTION_KEYS: `bench:${encryptionKeyBytes.toString("base64")}`,
    LISTEN_HOST: "127.0.0.1",
    // Logs go to a pipe and are for reading after a failure, not for measuring.
    LOG_LEVEL: "info",
  };
}

/**
 * Starts PostgreSQL (durable, as in production), Redis, and the simulator, each in its own process
 * on this machine. Closing deletes their data.
 */
export async function startInfrastructure(simulatorFlags: string[]): Promise<Infrastructure> {
  const [stores, simulatorProcess] = await Promise.all([
    startStores(),
    startProcess("tools/meta-simulator/src/main.ts", simulatorFlags, {}),
  ]);
  const databaseUrl = stores.postgres.url;
  await migrateToLatest({ databaseUrl });
  const { url: simulatorUrl } = simulatorProcess.ready;
  const db = createDb(createPool({ connectionString: databaseUrl }));
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
    db,
    simulator: createSimulatorClient(simulatorUrl),
    stores,
    simulatorPid: simulatorProcess.pid,
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
      await db.destroy();
      await simulatorProcess.stop();
      await stores.close();
    },
  };
}

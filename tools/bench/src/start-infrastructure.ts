import { join } from "node:path";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import type { Database } from "@loudhailer/db/database.ts";
import { migrateToLatest } from "@loudhailer/migrations/migrate.ts";
import type { Kysely } from "kysely";
import { openDatabaseProxy, type DatabaseProxy } from "./open-database-proxy.ts";
import { createSimulatorClient, type SimulatorClient } from "./simulator-client.ts";
import { startProcess, type StartedProcess } from "./start-process.ts";
import { startStandby, type Standby } from "./start-standby.ts";
import { startStores, type Stores } from "./start-stores.ts";

/** What stands between the services and PostgreSQL: nothing, a proxy, or one with a replica. */
export type DatabaseFront = "none" | "proxy" | "standby";

export interface Infrastructure {
  /** URL of the database as the services reach it: through the proxy, if there is one. */
  databaseUrl: string;
  redisUrl: string;
  simulatorUrl: string;
  db: Kysely<Database>;
  simulator: SimulatorClient;
  stores: Stores;
  simulatorPid: number;
  proxy: DatabaseProxy | null;
  standby: Standby | null;
  /** Environment variables of all services of this run. */
  environment: Record<string, string>;
  /** Starts a dispatcher in its own process. Resolves when it is ready to send. */
  startDispatcher(env?: Record<string, string>): Promise<StartedProcess>;
  close(): Promise<void>;
}

/** Name of this process's own connections to PostgreSQL. */
export const benchApplication = "loudhailer-bench";

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
export async function startInfrastructure(
  simulatorFlags: string[],
  front: DatabaseFront = "none",
): Promise<Infrastructure> {
  const [stores, simulatorProcess] = await Promise.all([
    startStores(),
    startProcess("tools/meta-simulator/src/main.ts", simulatorFlags, {}),
  ]);
  const standby = front === "standby" ? await startStandby(stores) : null;
  await migrateToLatest({ databaseUrl: stores.postgres.url });
  const [databaseUrl, proxy] = await placeFront(stores.postgres.url, front);
  const { url: simulatorUrl } = simulatorProcess.ready;
  const db = createDb(
    createPool({ connectionString: databaseUrl, applicationName: benchApplication }),
  );
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
    proxy,
    standby,
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
      proxy?.close();
      await standby?.stop();
      await stores.close();
    },
  };
}

async function placeFront(
  databaseUrl: string,
  front: DatabaseFront,
): Promise<[string, DatabaseProxy | null]> {
  if (front === "none") return [databaseUrl, null];
  const url = new URL(databaseUrl);
  const proxy = await openDatabaseProxy(Number(url.port));
  url.port = String(proxy.port);
  return [url.href, proxy];
}

import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import type { Database } from "@loudhailer/db/database.ts";
import { findFreePort } from "@loudhailer/local/free-port.ts";
import { migrateToLatest } from "@loudhailer/migrations/migrate.ts";
import type { Kysely } from "kysely";
import { openService, type ServiceProcess } from "../open-service.ts";
import { appSecret, serviceEnvironment } from "../start-infrastructure.ts";
import { startStores, type Stores } from "../start-stores.ts";

/** Webhook service in its own process with its own PostgreSQL, durable as in production. */
export interface Ingress {
  stores: Stores;
  webhook: ServiceProcess;
  port: number;
  db: Kysely<Database>;
  close(): Promise<void>;
}

export async function startIngress(): Promise<Ingress> {
  const stores = await startStores();
  const databaseUrl = stores.postgres.url;
  await migrateToLatest({ databaseUrl });
  const port = await findFreePort();
  const webhook = await openService("webhook", {
    port,
    env: {
      ...serviceEnvironment(databaseUrl),
      WEBHOOK_PORT: String(port),
      META_APP_SECRET: appSecret,
    },
    logDir: stores.logDir,
  });
  const db = createDb(createPool({ connectionString: databaseUrl }));
  return {
    stores,
    webhook,
    port,
    db,
    async close() {
      await db.destroy();
      await webhook.process().stop();
      await stores.close();
    },
  };
}

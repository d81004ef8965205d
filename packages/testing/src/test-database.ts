import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { inject } from "vitest";
import { storeUrl } from "./store-url.ts";
import { withDatabase } from "./with-database.ts";

/** A separate database with all migrations applied. */
export interface TestDatabase {
  databaseUrl: string;
  drop(): Promise<void>;
}

// An arbitrary lock number. It serializes clones: two concurrent clones of one template may fail.
const cloneLock = 7_301_944;

/** Clones the migrated template. Drop the clone when done, or call `useTestDatabase` instead. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = await storeUrl("postgres");
  const name = `loudhailer_test_${randomBytes(6).toString("hex")}`;
  await withClient(serverUrl, async (client) => {
    await client.query("SELECT pg_advisory_lock($1)", [cloneLock]);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${inject("templateDatabase")}`);
  });
  return {
    databaseUrl: withDatabase(serverUrl, name),
    drop: () =>
      withClient(serverUrl, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

async function withClient(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

import { migrateToLatest } from "@loudhailer/migrations/migrate.ts";
import { Client } from "pg";
import { resolvePostgres, type TestServer } from "./resolve-postgres.ts";
import { withDatabase } from "./with-database.ts";

/**
 * Starts PostgreSQL and creates a database with all migrations, from which each test file clones its
 * own.
 * @throws Error if the server doesn't start or a migration fails
 */
export async function startTestPostgres(templateDatabase: string): Promise<TestServer> {
  const postgres = await resolvePostgres();
  try {
    await administer(postgres.url, `CREATE DATABASE ${templateDatabase}`);
    await migrateToLatest({ databaseUrl: withDatabase(postgres.url, templateDatabase) });
    // PostgreSQL can't clone a database while a client is connected to it.
    await administer(postgres.url, `ALTER DATABASE ${templateDatabase} ALLOW_CONNECTIONS false`);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return {
    ...postgres,
    stop: async () => {
      try {
        await administer(postgres.url, `DROP DATABASE ${templateDatabase} WITH (FORCE)`);
      } finally {
        await postgres.stop();
      }
    },
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

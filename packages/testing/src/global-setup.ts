import { randomBytes } from "node:crypto";
import { migrateToLatest } from "@loudhailer/migrations/migrate.ts";
import { Client } from "pg";
import type { TestProject } from "vitest/node";
import { resolvePostgres } from "./resolve-postgres.ts";
import { resolveRedis } from "./resolve-redis.ts";
import { withDatabase } from "./with-database.ts";

declare module "vitest" {
  interface ProvidedContext {
    postgresUrl: string;
    redisUrl: string;
    templateDatabase: string;
  }
}

/**
 * Starts a real PostgreSQL and Redis once per test run. Creates a template database with all
 * migrations, from which each test file's own database is cloned. Returns the teardown.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await resolvePostgres();
  const redis = await resolveRedis();
  const templateDatabase = `loudhailer_template_${randomBytes(6).toString("hex")}`;
  await administer(postgres.url, [`CREATE DATABASE ${templateDatabase}`]);
  await migrateToLatest({ databaseUrl: withDatabase(postgres.url, templateDatabase) });
  // PostgreSQL can't clone a database while a client is connected to it.
  await administer(postgres.url, [`ALTER DATABASE ${templateDatabase} ALLOW_CONNECTIONS false`]);

  project.provide("postgresUrl", postgres.url);
  project.provide("redisUrl", redis.url);
  project.provide("templateDatabase", templateDatabase);
  return async () => {
    await administer(postgres.url, [`DROP DATABASE ${templateDatabase} WITH (FORCE)`]);
    await Promise.all([postgres.stop(), redis.stop()]);
  };
}

async function administer(url: string, statements: string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

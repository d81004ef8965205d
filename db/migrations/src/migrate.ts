import { readdir } from "node:fs/promises";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";
import { Migrator, type Migration } from "kysely/migration";

const folder = new URL("../", import.meta.url);

async function loadMigrations(): Promise<Record<string, Migration>> {
  const files = (await readdir(folder)).filter((file) => /^\d{4}_\w+\.ts$/.test(file)).toSorted();
  const entries = await Promise.all(
    files.map(async (file) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every file there is one
      const migration = (await import(new URL(file, folder).href)) as Migration;
      return [file.replace(/\.ts$/, ""), migration] as const;
    }),
  );
  return Object.fromEntries(entries);
}

/** Returns a migrator over the migrations of this workspace, in the order of their numbers. */
export function createMigrator(db: Kysely<Database>): Migrator {
  return new Migrator({ db, provider: { getMigrations: loadMigrations } });
}

/**
 * Brings the schema up to date. Safe to repeat and to run from several processes at once (Kysely
 * takes a lock). Returns the names of the migrations that it applied. Each is all or nothing.
 * @throws Error of the first migration that fails
 */
export async function migrateToLatest(options: { databaseUrl: string }): Promise<string[]> {
  const db = createDb(createPool({ connectionString: options.databaseUrl, max: 2 }));
  try {
    const { error, results } = await createMigrator(db).migrateToLatest();
    if (error) throw error;
    return (results ?? []).map((result) => result.migrationName);
  } finally {
    await db.destroy();
  }
}

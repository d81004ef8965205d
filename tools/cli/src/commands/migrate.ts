import { migrateToLatest } from "@loudhailer/migrations/migrate.ts";
import { statePaths } from "../checkout.ts";
import { withDatabase } from "../infrastructure/with-database.ts";
import type { Output } from "../output.ts";

/** Runs `migrate`: applies all pending migrations to the database. */
export async function migrate(output: Output): Promise<void> {
  await withDatabase(statePaths(), output, async (databaseUrl) => {
    const applied = await migrateToLatest({ databaseUrl });
    for (const name of applied) output.say(`Applied ${name}`);
    if (applied.length === 0) output.say("The database is up to date.");
  });
}

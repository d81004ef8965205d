import { Kysely, PostgresDialect } from "kysely";
import type pg from "pg";
import type { Database } from "./database.ts";

/** Creates Kysely over `pool`. `db.destroy()` ends the pool too. */
export function createDb(pool: pg.Pool): Kysely<Database> {
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}

import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

const keptHours = 24;

/** Deletes keys older than 24 hours. `db` must have the role loudhailer_engine. */
export async function forgetIdempotencyKeys(db: Kysely<Database>): Promise<void> {
  await db
    .deleteFrom("idempotency_keys")
    .where("created_at", "<", sql<Date>`now() - make_interval(hours => ${keptHours}::integer)`)
    .execute();
}

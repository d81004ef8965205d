import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

/** Hours that a count is kept, longer than any window. */
const keptHours = 24;

/** Deletes counts that no limit needs anymore. `db` must have the role loudhailer_engine. */
export async function forgetRateLimits(db: Kysely<Database>): Promise<void> {
  await sql`
    delete from rate_limits
    where last_request < (extract(epoch from now() - ${keptHours} * interval '1 hour') * 1000)::bigint
  `.execute(db);
}

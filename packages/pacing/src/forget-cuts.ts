import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import { cutForgottenMs } from "./tuning.ts";

/** Gives numbers their full rate back whose owner left before it could. */
export async function forgetCuts(engineDb: Kysely<Database>): Promise<void> {
  await engineDb
    .updateTable("whatsapp_providers as p")
    .set({
      current_messages_per_second: sql`p.messages_per_second`,
      rate_changed_at: sql`now()`,
    })
    .whereRef("p.current_messages_per_second", "<", "p.messages_per_second")
    .where(
      sql<boolean>`coalesce(p.rate_changed_at < now() - ${cutForgottenMs} * interval '1 ms', true)`,
    )
    .execute();
}

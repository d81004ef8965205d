import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

const stepSeconds = 3;
/** The largest step, as a part of the rate: one too many costs that much of a second or two. */
const stepShareMax = 10;

/**
 * A number that Meta throttled gets some of its rate back every 3 s, up to its limit: a hundredth
 * at first, twice as much each time that nothing was refused since, a tenth at most. So a limit that lasts is
 * touched by a message or two every 3 s, and one that is gone is forgotten within a minute or two.
 */
export async function recoverRates(engineDb: Kysely<Database>): Promise<void> {
  await engineDb
    .updateTable("whatsapp_providers")
    .set({
      current_messages_per_second: sql`least(messages_per_second, current_messages_per_second + rate_step)`,
      rate_step: sql`least(rate_step * 2,
        greatest(1, (current_messages_per_second + rate_step) / ${sql.lit(stepShareMax)}))`,
      rate_changed_at: sql`now()`,
      taken_by_dispatcher: null,
    })
    .whereRef("current_messages_per_second", "<", "messages_per_second")
    .where(
      sql<boolean>`coalesce(rate_changed_at < now() - ${stepSeconds} * interval '1 second', true)`,
    )
    .execute();
}

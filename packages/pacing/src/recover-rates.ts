import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

const stepSeconds = 3;
/**
 * Divisor of the rate for the largest step. One step too many costs that part of the rate for a
 * second or two.
 */
const stepShareMax = 10;

/**
 * Gives throttled numbers part of their sending rate back every 3 s, up to their limit. The first
 * step is a hundredth of the rate (a tenth after a guess, see throttle-number.ts). The step doubles
 * each time without a refusal, up to a tenth. So a lasting limit at Meta is exceeded by only a
 * message or two every 3 s, and the effect of a limit that is gone ends within a minute or two.
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

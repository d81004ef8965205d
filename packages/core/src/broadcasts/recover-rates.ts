import { sql } from "kysely";
import type { EngineDeps } from "./engine-deps.ts";

const stepSeconds = 3;

/**
 * A number that Meta throttled gets some of its rate back every 3 s, up to its limit: a hundredth
 * at first, twice as much each time that nothing was refused since. So a limit that lasts is
 * touched by a message or two every 3 s, and one that is gone is forgotten within a minute.
 */
export async function recoverRates({ engineDb }: EngineDeps): Promise<void> {
  await engineDb
    .updateTable("whatsapp_providers")
    .set({
      current_messages_per_second: sql`least(messages_per_second, current_messages_per_second + rate_step)`,
      rate_step: sql`least(messages_per_second, rate_step * 2)`,
      rate_changed_at: sql`now()`,
    })
    .whereRef("current_messages_per_second", "<", "messages_per_second")
    .where(
      sql<boolean>`coalesce(rate_changed_at < now() - ${stepSeconds} * interval '1 second', true)`,
    )
    .execute();
}

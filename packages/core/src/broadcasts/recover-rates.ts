import { sql } from "kysely";
import type { EngineDeps } from "./engine-deps.ts";

const recoverySeconds = 1;
const stepsToFull = 20;

/** A number that Meta throttled gets a twentieth of its limit back every second, up to the limit. */
export async function recoverRates({ engineDb }: EngineDeps): Promise<void> {
  await engineDb
    .updateTable("whatsapp_providers")
    .set({
      current_messages_per_second: sql`least(messages_per_second,
        current_messages_per_second + greatest(1, messages_per_second / ${sql.lit(stepsToFull)}))`,
      rate_changed_at: sql`now()`,
    })
    .whereRef("current_messages_per_second", "<", "messages_per_second")
    .where(
      sql<boolean>`coalesce(rate_changed_at < now() - ${recoverySeconds} * interval '1 second', true)`,
    )
    .execute();
}

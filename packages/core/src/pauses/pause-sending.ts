import type { PauseReason } from "@loudhailer/contracts/broadcast-reasons.ts";
import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

type SendingBroadcasts = ReturnType<typeof sendingBroadcasts>;

/**
 * Selects the organization's sending broadcasts. Callers narrow the query down and pass it to
 * `pauseSending`.
 */
export function sendingBroadcasts(db: Kysely<Database>, organizationId: string) {
  return db
    .selectFrom("whatsapp_broadcasts")
    .select("id")
    .where("organization_id", "=", organizationId)
    .where("status", "=", "sending");
}

/**
 * Pauses the selected broadcasts for a `reason`, whose sentence is in describe-reason.ts. No
 * recipient fails. Returns the number of broadcasts paused.
 */
export async function pauseSending(
  db: Kysely<Database>,
  which: SendingBroadcasts,
  reason: PauseReason,
): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable("whatsapp_broadcasts")
    .set({
      status: "paused",
      pause_reason: reason,
      paused_at: sql`now()`,
      updated_at: sql`now()`,
    })
    .where("id", "in", which.orderBy("id").forNoKeyUpdate())
    .where("status", "=", "sending")
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

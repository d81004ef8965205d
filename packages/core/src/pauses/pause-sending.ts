import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

type SendingBroadcasts = ReturnType<typeof sendingBroadcasts>;

/** The organization's broadcasts that are sending: narrow it down for `pauseSending`. */
export function sendingBroadcasts(db: Kysely<Database>, organizationId: string) {
  return db
    .selectFrom("whatsapp_broadcasts")
    .select("id")
    .where("organization_id", "=", organizationId)
    .where("status", "=", "sending");
}

/**
 * Pauses those broadcasts for a machine-readable `reason`, of which describe-reason.ts has the
 * sentence. Nothing is failed. Answers how many it paused.
 */
export async function pauseSending(
  db: Kysely<Database>,
  which: SendingBroadcasts,
  reason: string,
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

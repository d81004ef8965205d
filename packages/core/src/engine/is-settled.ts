import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Transaction } from "kysely";

/** Condition on `counted_broadcasts as c`: every recipient frozen so far has an outcome. */
export const isSettled = sql<boolean>`c.successful_sends + c.failed_sends + c.skipped_count
  + c.unknown_count + c.canceled_count >= c.total_recipients`;

/**
 * Locks the broadcast's row and returns whether it was free. A statement that makes a recipient
 * pending again takes the same lock. So a reader of the counters after this sees such a change,
 * or the change sees what was decided.
 */
export async function lockToEnd(trx: Transaction<Database>, broadcastId: string): Promise<boolean> {
  const locked = await trx
    .selectFrom("whatsapp_broadcasts")
    .where("id", "=", broadcastId)
    .select("id")
    .forNoKeyUpdate()
    .skipLocked()
    .executeTakeFirst();
  return locked !== undefined;
}

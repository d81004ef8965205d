import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

/**
 * Clears the next attempt of the recipients that are due, so that a rewind finds them like other
 * pending recipients if the queue is lost.
 */
export async function wakeDue(db: Kysely<Database>, due: readonly string[]): Promise<void> {
  if (due.length === 0) return;
  await sql`
    update whatsapp_broadcast_recipients r set next_attempt_at = null
    from (
      select id from whatsapp_broadcast_recipients
      where id = any(${due}::bigint[]) and status = 'pending' and next_attempt_at <= now()
      order by id
      for no key update
    ) due
    where r.id = due.id
  `.execute(db);
}

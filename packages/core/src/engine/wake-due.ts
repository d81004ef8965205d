import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

/**
 * Those of the recipients whose moment has come wait no longer, and are pending like the others:
 * should the queue be lost, a rewind finds them.
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

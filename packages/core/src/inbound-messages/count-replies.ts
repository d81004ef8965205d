import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

export interface Reply {
  recipientId: string;
  at: Date;
}

/**
 * Marks recipients as replied and counts them in their broadcasts, each once, in one statement.
 * Locks recipients by id, then broadcasts by id.
 */
export async function countReplies(db: Kysely<Database>, replies: readonly Reply[]): Promise<void> {
  if (replies.length === 0) return;
  await sql`
    with input as (
      select recipient_id, min(at) as at
      from unnest(
        ${replies.map(({ recipientId }) => recipientId)}::bigint[],
        ${replies.map(({ at }) => at)}::timestamptz[]
      ) as i(recipient_id, at)
      group by recipient_id
    ),
    locked as materialized (
      select r.id from whatsapp_broadcast_recipients r
      where r.id in (select recipient_id from input) and r.replied_at is null
      order by r.id
      for no key update
    ),
    replied as (
      update whatsapp_broadcast_recipients r
      set replied_at = greatest(i.at, r.sent_at)
      from locked l join input i on i.recipient_id = l.id
      where r.id = l.id
      returning r.broadcast_id
    ),
    delta as materialized (
      select broadcast_id, count(*)::integer as replied from replied group by broadcast_id
    ),
    locked_broadcast as materialized (
      select b.id from whatsapp_broadcasts b
      where b.id in (select broadcast_id from delta)
      order by b.id
      for no key update
    )
    update whatsapp_broadcasts b
    set replied_count = b.replied_count + d.replied
    from delta d join locked_broadcast l on l.id = d.broadcast_id
    where b.id = d.broadcast_id
  `.execute(db);
}

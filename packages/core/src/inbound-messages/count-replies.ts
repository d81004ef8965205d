import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

export interface Reply {
  recipientId: string;
  at: Date;
}

/**
 * Marks recipients as replied and counts them in their broadcasts, each once, in one statement.
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
    )
    insert into broadcast_count_deltas (broadcast_id, replied_count)
    select broadcast_id, count(*) from replied group by broadcast_id
  `.execute(db);
}

import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

/**
 * SQL for the recipients in an attempt, of all broadcasts that aren't done: those in their first
 * attempt lie between the two cursors, and the others have a moment that never comes. So it takes no
 * look at those that wait or are settled.
 */
export const attempted = sql`(
  select o.* from whatsapp_broadcasts b
  cross join lateral (
    select r.id, r.attempt_id, r.claimed_at, r.claimed_by from whatsapp_broadcast_recipients r
    where (r.broadcast_id, r.id) > (b.id, b.drained_cursor)
      and (r.broadcast_id, r.id) <= (b.id, b.feed_cursor)
      and r.status = 'sending'
    union all
    select r.id, r.attempt_id, r.claimed_at, r.claimed_by from whatsapp_broadcast_recipients r
    where r.broadcast_id = b.id and r.next_attempt_at = 'infinity' and r.status = 'sending'
  ) o
  where b.status in ('sending', 'paused') or b.status = 'canceled' and b.completed_at is null
)`;

/** Time after which a claim's answer has certainly arrived, or was given up. */
const answeredSeconds = 10;

/** Returns the attempts of a dispatcher that aren't settled, except the latest claims. */
export async function findOwnAttempts(
  db: Kysely<Database>,
  dispatcherId: string,
): Promise<{ recipientId: string; attemptId: string }[]> {
  const { rows } = await sql<{ recipientId: string; attemptId: string }>`
    select a.id as "recipientId", a.attempt_id as "attemptId" from ${attempted} a
    where a.claimed_by = ${dispatcherId}::uuid and a.attempt_id is not null
      and a.claimed_at < now() - ${answeredSeconds} * interval '1 second'
  `.execute(db);
  return rows;
}

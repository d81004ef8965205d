import type { Database } from "@loudhailer/db/database.ts";
import type { SendingNumber } from "@loudhailer/pacing/find-sending-numbers.ts";
import { sql, type Kysely } from "kysely";
import type { EngineDeps } from "./engine-deps.ts";

/** Rows behind a cursor that are no longer pending, besides those that are in the queue. */
const lookedAtMore = 1_000;

/**
 * Empties the number's queue of what waits in it, and moves the cursors of its broadcasts back by
 * as much, so that all of them are fed in turn from here. Where a cursor can't be told exactly, or a
 * process ends in between, rewind-cursor.ts finds who was left. Answers how many jobs are left.
 */
export async function takeBackQueue(
  { queues }: Pick<EngineDeps, "queues">,
  db: Kysely<Database>,
  { providerId, phoneNumberId }: SendingNumber,
  queued: number,
): Promise<number> {
  await sql`
    with broadcast as materialized (
      select id, feed_cursor from whatsapp_broadcasts
      where provider_id = ${providerId}::uuid and status = 'sending' and feed_cursor > 0
      order by id
      for no key update
    ),
    back as (
      select b.id, (
        select min(near.id) - 1 from (
          select r.id, r.status, r.next_attempt_at from whatsapp_broadcast_recipients r
          where (r.broadcast_id, r.id) <= (b.id, b.feed_cursor) and r.broadcast_id >= b.id
          order by r.broadcast_id desc, r.id desc
          limit ${2 * queued + lookedAtMore}::integer
        ) near
        where near.status = 'pending' and near.next_attempt_at is null
      ) as cursor
      from broadcast b
    )
    update whatsapp_broadcasts b set feed_cursor = back.cursor
    from back where b.id = back.id and back.cursor is not null
  `.execute(db);
  // After the cursors: jobs that are there all the same, and are fed again, stay there once.
  await queues.takeBack(phoneNumberId);
  return queues.count(phoneNumberId);
}

import type { Database } from "@loudhailer/db/database.ts";
import type { SendingNumber } from "@loudhailer/pacing/find-sending-numbers.ts";
import { sql, type Kysely } from "kysely";
import type { EngineDeps } from "./engine-deps.ts";

/** Allowance for rows behind a cursor that are no longer pending and not in the queue. */
const lookedAtMore = 1_000;

/**
 * Removes the waiting jobs from the number's queue and moves the cursors of its broadcasts back by
 * as much, so that all of them are fed in turn from there. If a cursor can't be determined exactly,
 * or the process ends in between, rewind-cursor.ts finds the remaining recipients. Returns the
 * number of jobs left in the queue.
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
  // Runs after the cursors are moved: a job that remains and is fed again isn't queued twice.
  await queues.takeBack(phoneNumberId);
  return queues.count(phoneNumberId);
}

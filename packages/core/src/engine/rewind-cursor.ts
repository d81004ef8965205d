import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely, type Transaction } from "kysely";
import { forgetLostClaims } from "./sweep-dead-dispatchers.ts";

/** When each broadcast was last looked at behind its cursor, on performance.now's clock. */
export type Rewinds = Map<string, { at: number; everyMs: number }>;

const everyMsMin = 1_000;
/** Also where others keep the queue full: twice what a queue holds. */
const everyMsMax = 60_000;

/**
 * For a broadcast of which nothing more can be fed: whoever is still pending behind its cursor was
 * in a queue that is gone, or left it unclaimed. The cursor goes back to just before the first of
 * them; who is in the queue after all stays there once. Claims of dispatchers that nobody knows, or
 * that are far older than any request, become unknown: their answers are lost.
 *
 * The look walks the whole broadcast, so one that finds nobody is repeated after 1, 2, 4 … 60 s;
 * feeding somebody of it, or a queue that was lost, starts afresh.
 */
export async function rewindIfDue(
  db: Kysely<Database>,
  rewinds: Rewinds,
  broadcastId: string,
  queued: number,
): Promise<void> {
  const now = performance.now();
  const last = rewinds.get(broadcastId);
  if (!last && queued > 0) {
    rewinds.set(broadcastId, { at: now, everyMs: everyMsMin });
    return;
  }
  if (last && now - last.at < (queued > 0 ? everyMsMax : last.everyMs)) return;
  const found = await db.transaction().execute((trx) => rewindCursor(trx, broadcastId));
  const everyMs = found || !last ? everyMsMin : Math.min(last.everyMs * 2, everyMsMax);
  rewinds.set(broadcastId, { at: performance.now(), everyMs });
}

/** Answers whether it found somebody. */
async function rewindCursor(trx: Transaction<Database>, broadcastId: string): Promise<boolean> {
  await forgetLostClaims(trx, broadcastId);
  const { numAffectedRows = 0n } = await sql`
    with behind as materialized (
      select b.id, b.feed_cursor as before, (
        select r.id - 1 from whatsapp_broadcast_recipients r
        where (r.broadcast_id, r.id) <= (b.id, b.feed_cursor) and r.broadcast_id >= b.id
          and r.status = 'pending' and r.next_attempt_at is null
        order by r.broadcast_id, r.id
        limit 1
      ) as cursor
      from whatsapp_broadcasts b
      where b.id = ${broadcastId}::uuid
    )
    update whatsapp_broadcasts b set feed_cursor = behind.cursor
    from behind
    where b.id = behind.id and b.feed_cursor = behind.before and behind.cursor is not null
  `.execute(trx);
  return numAffectedRows > 0n;
}

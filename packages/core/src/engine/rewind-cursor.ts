import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely, type Transaction } from "kysely";
import { forgetLostClaims } from "./sweep-dead-dispatchers.ts";

/** When each broadcast was last searched behind its cursor, on performance.now's clock. */
export type Rewinds = Map<string, { at: number; everyMs: number }>;

const everyMsMin = 1_000;
/**
 * Longest interval between two searches, also while other broadcasts keep the queue full. It is
 * twice the time that a full queue takes.
 */
const everyMsMax = 60_000;

/**
 * Searches a broadcast without further recipients to feed for pending ones behind its cursor. They
 * were in a queue that was lost, or left it unclaimed. Moves the cursor back to just before the
 * first of them; a recipient that is still queued isn't queued twice. Claims of unregistered
 * dispatchers, and claims far older than any request, become unknown because their answers are
 * lost.
 *
 * The search scans the whole broadcast, so one without a result is repeated after 1, 2, 4 … 60 s.
 * Feeding one of the broadcast's recipients, or a lost queue, resets this interval.
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

/** Moves the cursor back if there are pending recipients behind it, and returns whether it did. */
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

import type { Database } from "@loudhailer/db/database.ts";
import { countMovesSql } from "@loudhailer/db/move-recipients.ts";
import { sql, type Kysely, type Transaction } from "kysely";
import type { EngineDeps } from "./engine-deps.ts";
import { isSettled, lockToEnd } from "./is-settled.ts";

/** Rows that one statement moves, which takes a second at most with any audience. */
const batchSize = 10_000;
/** Interval between searches through all recipients while some are neither pending nor settled. */
const searchEveryMs = 5_000;

/** When each broadcast was last searched to its end, on performance.now's clock. */
export type CanceledSearches = Map<string, number>;

/**
 * Cancels the pending recipients of canceled broadcasts, in batches, so that other transactions
 * don't wait long for a row. Recipients being sent to settle as usual; a later sweep cancels those
 * put back to pending. The broadcast ends once every recipient is settled. `searches` avoids searching
 * a broadcast at every sweep while it only waits for Meta's responses. One that fails doesn't hold
 * up the others.
 * @throws the error of the first broadcast that failed, once the others are done
 */
export async function sweepCanceledBroadcasts(
  { engineDb, log }: EngineDeps,
  searches: CanceledSearches = new Map(),
): Promise<void> {
  const unfinished = await engineDb
    .selectFrom("counted_broadcasts as c")
    .where("c.status", "=", "canceled")
    .where("c.completed_at", "is", null)
    .select(["c.id", isSettled.as("is_settled")])
    .execute();
  const ids = new Set(unfinished.map(({ id }) => id));
  for (const id of searches.keys()) if (!ids.has(id)) searches.delete(id);
  const errors: unknown[] = [];
  for (const { id, is_settled } of unfinished) {
    try {
      if (!is_settled && isSearchDue(searches, id)) {
        await cancelPending(engineDb, id);
        searches.set(id, performance.now());
      }
      const hasEnded = await engineDb.transaction().execute((trx) => endIfSettled(trx, id));
      if (hasEnded) log.info({ broadcastId: id }, "canceled broadcast ended");
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

function isSearchDue(searches: CanceledSearches, broadcastId: string): boolean {
  const last = searches.get(broadcastId);
  return last === undefined || performance.now() - last >= searchEveryMs;
}

async function cancelPending(db: Kysely<Database>, broadcastId: string): Promise<void> {
  let after: string | null = "0";
  while (after !== null) after = await cancelBatch(db, broadcastId, after);
}

/** Cancels one batch and returns its last id; null if no recipient after `after` is pending. */
async function cancelBatch(
  db: Kysely<Database>,
  broadcastId: string,
  after: string,
): Promise<string | null> {
  // The pair keeps the planner on (broadcast_id, id), as in take-shares.ts.
  const { rows } = await sql<{ last: string | null }>`
    with locked as materialized (
      select r.id
      from whatsapp_broadcast_recipients r
      where (r.broadcast_id, r.id) > (${broadcastId}::uuid, ${after}::bigint)
        and r.broadcast_id <= ${broadcastId}::uuid
        and r.status = 'pending'
      order by r.broadcast_id, r.id
      limit ${batchSize}
      for no key update
    ),
    moved as (
      update whatsapp_broadcast_recipients r
      set status = 'canceled', next_attempt_at = null
      from locked l
      where r.id = l.id
      returning r.broadcast_id, 'pending' as old_status, r.status as new_status
    ),
    ${sql.raw(countMovesSql)}
    select max(id) as last from locked
  `.execute(db);
  return rows[0]?.last ?? null;
}

/**
 * Ends the canceled broadcast if its recipients are all settled and its audience isn't still being
 * written. Returns whether it did.
 */
async function endIfSettled(trx: Transaction<Database>, broadcastId: string): Promise<boolean> {
  if (!(await lockToEnd(trx, broadcastId))) return false;
  const ended = await trx
    .updateTable("whatsapp_broadcasts as b")
    .from("counted_broadcasts as c")
    .set({ completed_at: sql`now()`, updated_at: sql`now()` })
    .where("b.id", "=", broadcastId)
    .whereRef("c.id", "=", "b.id")
    .where("b.status", "=", "canceled")
    .where("b.completed_at", "is", null)
    .where("b.prepare_cursor", "is", null)
    .where(isSettled)
    .returning("b.id")
    .executeTakeFirst();
  return ended !== undefined;
}

import type { Database } from "@loudhailer/db/database.ts";
import { countMovesSql } from "@loudhailer/db/move-recipients.ts";
import { sql, type Kysely } from "kysely";
import type { EngineDeps } from "./engine-deps.ts";
import { isSettled } from "./is-settled.ts";
import { forgetLostClaims } from "./sweep-dead-dispatchers.ts";

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
 * a broadcast at every sweep while it only waits for Meta's responses.
 */
export async function sweepCanceledBroadcasts(
  { engineDb, log }: EngineDeps,
  searches: CanceledSearches = new Map(),
): Promise<void> {
  const unfinished = await engineDb
    .selectFrom("whatsapp_broadcasts")
    .where("status", "=", "canceled")
    .where("completed_at", "is", null)
    .select(["id", isSettled.as("is_settled")])
    .execute();
  const ids = new Set(unfinished.map(({ id }) => id));
  for (const id of searches.keys()) if (!ids.has(id)) searches.delete(id);
  for (const { id, is_settled } of unfinished) {
    if (is_settled || !isSearchDue(searches, id)) continue;
    await cancelPending(engineDb, id);
    searches.set(id, performance.now());
  }
  for (const id of await endSettled(engineDb)) {
    log.info({ broadcastId: id }, "canceled broadcast ended");
  }
}

function isSearchDue(searches: CanceledSearches, broadcastId: string): boolean {
  const last = searches.get(broadcastId);
  return last === undefined || performance.now() - last >= searchEveryMs;
}

async function cancelPending(db: Kysely<Database>, broadcastId: string): Promise<void> {
  let after: string | null = "0";
  while (after !== null) after = await cancelBatch(db, broadcastId, after);
  await db.transaction().execute((trx) => forgetLostClaims(trx, broadcastId));
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
 * Ends the canceled broadcasts whose recipients are all settled, unless their audience is still
 * being written.
 */
async function endSettled(db: Kysely<Database>): Promise<string[]> {
  const ended = await db
    .updateTable("whatsapp_broadcasts")
    .set({ completed_at: sql`now()`, updated_at: sql`now()` })
    .where("id", "in", (query) =>
      query
        .selectFrom("whatsapp_broadcasts")
        .where("status", "=", "canceled")
        .where("completed_at", "is", null)
        .where("prepare_cursor", "is", null)
        .where(isSettled)
        .select("id")
        .orderBy("id")
        .forNoKeyUpdate(),
    )
    .where("completed_at", "is", null)
    .returning("id")
    .execute();
  return ended.map(({ id }) => id);
}

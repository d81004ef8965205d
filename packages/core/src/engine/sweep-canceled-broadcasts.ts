import type { Database } from "@loudhailer/db/database.ts";
import { countMovesSql } from "@loudhailer/db/move-recipients.ts";
import { sql, type Kysely, type RawBuilder, type Transaction } from "kysely";
import type { EngineDeps } from "./engine-deps.ts";
import { isSettled, lockToEnd } from "./is-settled.ts";

/** Rows that one statement reads and may move, which takes a second at most with any audience. */
const batchSize = 10_000;
/** Interval between searches for pending recipients while some are neither pending nor settled. */
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
        await cancelPending(engineDb, id, !searches.has(id));
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

/**
 * Cancels recipients before their first attempt, which lie behind `drained_cursor`, and those to be
 * tried again, which have a moment. So no search passes the recipients that are settled.
 * After the first search no recipient waits for a first attempt: a canceled audience doesn't grow.
 */
async function cancelPending(
  db: Kysely<Database>,
  broadcastId: string,
  isFirst: boolean,
): Promise<void> {
  if (isFirst) {
    const { drained_cursor } = await db
      .selectFrom("whatsapp_broadcasts")
      .where("id", "=", broadcastId)
      .select("drained_cursor")
      .executeTakeFirstOrThrow();
    await cancelAll(db, drained_cursor, (after) => freshAfter(broadcastId, after));
  }
  await cancelAll(db, "-infinity", (after) => againFrom(broadcastId, after));
}

/**
 * The pair keeps the planner on (broadcast_id, id), as in take-shares.ts. The status is compared
 * afterwards: for a rare one, the planner would rather scan another index and sort.
 */
function freshAfter(broadcastId: string, after: string) {
  return sql`
    select r.id, r.status, r.id::text as place from whatsapp_broadcast_recipients r
    where (r.broadcast_id, r.id) > (${broadcastId}::uuid, ${after}::bigint)
      and r.broadcast_id <= ${broadcastId}::uuid
    order by r.broadcast_id, r.id`;
}

/** Many may have the same moment; a canceled one has none any more. */
function againFrom(broadcastId: string, from: string) {
  return sql`
    select r.id, r.status, r.next_attempt_at::text as place from whatsapp_broadcast_recipients r
    where r.broadcast_id = ${broadcastId}::uuid
      and r.next_attempt_at >= ${from}::timestamptz
      and r.status = 'pending'
    order by r.next_attempt_at`;
}

/** Cancels batch after batch; `readFrom` selects the recipients to look at from a place on. */
async function cancelAll(
  db: Kysely<Database>,
  start: string,
  readFrom: (place: string) => RawBuilder<unknown>,
): Promise<void> {
  let place: string | null = start;
  while (place !== null) place = await cancelBatch(db, readFrom(place));
}

/** Cancels the pending ones of a batch and returns its last one's place; null if it is empty. */
async function cancelBatch(
  db: Kysely<Database>,
  recipients: RawBuilder<unknown>,
): Promise<string | null> {
  const { rows } = await sql<{ last: string | null }>`
    with batch as materialized (${recipients} limit ${batchSize}),
    locked as materialized (
      select r.id
      from whatsapp_broadcast_recipients r
      where r.id = any(array(select b.id from batch b where b.status = 'pending'))
        and r.status = 'pending'
      order by r.id
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
    select (array_agg(place))[count(*)] as last from batch
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

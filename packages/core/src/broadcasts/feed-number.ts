import { setTimeout as wait } from "node:timers/promises";
import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Transaction } from "kysely";
import type { EngineDeps } from "./engine-deps.ts";
import type { SendingNumber } from "./find-sending-numbers.ts";
import { forgetLostClaims } from "./sweep-dead-dispatchers.ts";

/** Seconds of the number's rate that stand in the queue at most: Redis stays small. */
const queuedSecondsMax = 30;
const queuedMin = 200;
const queuedMax = 20_000;
/**
 * The exact rate is that of the slots which a claim hands out (db/claim-recipients.ts). The
 * queue's own limit shares the jobs out among replicas and must not be what holds them up: it
 * loses 2 to 12% of its rate between two of its slices (measured on an idle and on a busy machine).
 */
const queueRateMargin = 1.25;
/**
 * One addBulk, and the pause after it: workers start on the first while the rest is on its way,
 * and a large top-up doesn't keep Redis from them.
 */
const chunkSize = 500;
const chunkPauseMs = 10;

/**
 * Tops the number's queue up, in turn from each of its broadcasts, and moves their cursors. One
 * process a number at a time. A crash between queue and cursor feeds the same recipients again:
 * the claim lets each through once.
 */
export async function feedNumber(
  deps: EngineDeps,
  number: SendingNumber,
  rewinds: RewindTimes = new Map(),
): Promise<void> {
  const { engineDb, queues } = deps;
  const queued = await queues.count(number.phoneNumberId);
  const target = Math.min(
    Math.max(number.messagesPerSecond * queuedSecondsMax, queuedMin),
    queuedMax,
  );
  if (queued > target / 2) return;
  await engineDb.transaction().execute(async (trx) => {
    if (!(await lockNumber(trx, number.providerId))) return;
    const shares = await takeShares(trx, number.providerId, target - queued);
    for (const { broadcastId, recipientIds } of shares) {
      if (recipientIds.length === 0 && isRewindDue(rewinds, broadcastId, queued)) {
        await rewindCursor(trx, broadcastId);
      }
    }
    const recipientIds = interleave(shares.map((share) => share.recipientIds));
    if (recipientIds.length === 0) return;
    await queues.setRate(
      number.phoneNumberId,
      Math.ceil(number.messagesPerSecond * queueRateMargin),
    );
    for (let at = 0; at < recipientIds.length; at += chunkSize) {
      if (at > 0) await wait(chunkPauseMs);
      await queues.add(number.phoneNumberId, recipientIds.slice(at, at + chunkSize));
    }
    for (const { broadcastId, recipientIds: ids } of shares) {
      const last = ids.at(-1);
      if (last === undefined) continue;
      await trx
        .updateTable("whatsapp_broadcasts")
        .set({ feed_cursor: last })
        .where("id", "=", broadcastId)
        .execute();
    }
  });
}

/** When each broadcast's cursor was last looked behind, on performance.now's clock. */
export type RewindTimes = Map<string, number>;

/** With an empty queue every second; else after twice what a queue holds, should others fill it. */
function isRewindDue(rewinds: RewindTimes, broadcastId: string, queued: number): boolean {
  const now = performance.now();
  const last = rewinds.get(broadcastId);
  const everyMs = queued === 0 ? 1_000 : 2_000 * queuedSecondsMax;
  if (last === undefined && queued > 0) {
    rewinds.set(broadcastId, now);
    return false;
  }
  if (last !== undefined && now - last < everyMs) return false;
  rewinds.set(broadcastId, now);
  return true;
}

/** Not the number's row: claims lock that, and must not wait for the queue. */
async function lockNumber(trx: Transaction<Database>, providerId: string): Promise<boolean> {
  const { rows } = await sql<{ locked: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended('feed ' || ${providerId}, 0)) as locked
  `.execute(trx);
  return rows[0]?.locked ?? false;
}

interface Share {
  broadcastId: string;
  recipientIds: string[];
}

async function takeShares(
  trx: Transaction<Database>,
  providerId: string,
  room: number,
): Promise<Share[]> {
  const broadcasts = await trx
    .selectFrom("whatsapp_broadcasts")
    .where("provider_id", "=", providerId)
    .where("status", "=", "sending")
    .select(["id", "feed_cursor"])
    .orderBy("id")
    .execute();
  const shares: Share[] = [];
  for (const { id, feed_cursor } of broadcasts) {
    const limit = Math.ceil(room / broadcasts.length);
    shares.push({ broadcastId: id, recipientIds: await pendingAfter(trx, id, feed_cursor, limit) });
  }
  return shares;
}

// The pair keeps the planner on (broadcast_id, id): by the primary key alone it walks the rows of
// every newer broadcast (measured: 81 ms for 200,000 of them, against 0.05 ms).
async function pendingAfter(
  trx: Transaction<Database>,
  broadcastId: string,
  cursor: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from whatsapp_broadcast_recipients
    where (broadcast_id, id) > (${broadcastId}::uuid, ${cursor}::bigint)
      and broadcast_id <= ${broadcastId}::uuid
      and status = 'pending'
    order by broadcast_id, id
    limit ${limit}
  `.execute(trx);
  return rows.map((row) => row.id);
}

/**
 * Nothing is left beyond this broadcast's cursor: whoever is still pending behind it was in a
 * queue that is gone, or left it unclaimed. The cursor goes back to just before the first of them;
 * who is in the queue after all stays there once. Claims of dispatchers that nobody knows, or that
 * are far older than any request, become unknown: their answers are lost.
 */
async function rewindCursor(trx: Transaction<Database>, broadcastId: string): Promise<void> {
  await forgetLostClaims(trx, broadcastId);
  const [first] = await pendingAfter(trx, broadcastId, "0", 1);
  if (first === undefined) return;
  await trx
    .updateTable("whatsapp_broadcasts")
    .set({ feed_cursor: String(BigInt(first) - 1n) })
    .where("id", "=", broadcastId)
    .execute();
}

/** [[1, 2, 3], [a]] is 1, a, 2, 3: a small broadcast isn't stuck behind a large one. */
function interleave(lists: readonly string[][]): string[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, at) =>
    lists.flatMap((list) => list.slice(at, at + 1)),
  ).flat();
}

import type { Database } from "@loudhailer/db/database.ts";
import { spareFactor } from "@loudhailer/pacing/tuning.ts";
import { sql, type Kysely } from "kysely";

/** The next recipients of one sending broadcast. */
export interface Share {
  broadcastId: string;
  feedCursor: string;
  /** Up to here, no recipient waits for its first attempt or is in it. */
  drainedTo: string;
  /**
   * Recipients behind the cursor that aren't in the queue: those whose next attempt is due, and
   * those whose job was lost or found the broadcast paused.
   */
  again: string[];
  /** Pending recipients after the cursor. */
  fresh: string[];
  /** Whether `fresh` contains all such recipients. */
  isFreshAll: boolean;
  /** The broadcast's last recipient; null if none is after the cursor. */
  lastId: string | null;
}

type Row = Omit<Share, "again" | "isFreshAll"> & { limit: number; due: string[]; behind: string[] };

/**
 * Returns up to `room` fresh recipients of each of the number's sending broadcasts; with many
 * broadcasts, up to `spareFactor` times each one's part of the room. With `queued`, the recipients
 * that have a job, also those behind the cursor that have none. These lie between `drained_cursor`
 * and `feed_cursor`, where there are hardly more than fit into the queue, or have a next attempt.
 */
export async function takeShares(
  db: Kysely<Database>,
  providerId: string,
  room: number,
  queued: ReadonlySet<string> | null,
  onlyBroadcastId: string | null = null,
): Promise<Share[]> {
  const isComparing = queued !== null;
  // The pair and the fence (offset 0) keep the planner on (broadcast_id, id), which stops at the
  // limit. By the primary key it scans the rows of every newer broadcast (measured: 81 ms for 200,000
  // of them, compared with 0.05 ms), and by (contact_id, broadcast_id) a whole index. One statement
  // reads everything, so that no row can appear between the last of `fresh` and `lastId`.
  const behind = sql`(
    select r.id, r.status, r.next_attempt_at from whatsapp_broadcast_recipients r
    where (r.broadcast_id, r.id) > (b.id, b.drained_cursor)
      and (r.broadcast_id, r.id) <= (b.id, b.feed_cursor)
    order by r.broadcast_id, r.id offset 0
  ) r where r.next_attempt_at is null`;
  const { rows } = await sql<Row>`
    with broadcast as (
      select id, feed_cursor, drained_cursor,
        ceil(${room}::integer * least(1, ${spareFactor}::float8 / count(*) over ()))::integer as limit
      from whatsapp_broadcasts
      where provider_id = ${providerId}::uuid and status = 'sending'
        and id = coalesce(${onlyBroadcastId}::uuid, id)
    )
    select b.id as "broadcastId", b.feed_cursor::text as "feedCursor",
      case when ${isComparing} then coalesce((
          select r.id - 1 from ${behind} and r.status in ('pending', 'sending')
          limit 1
        ), b.feed_cursor) else b.drained_cursor end::text as "drainedTo", b.limit,
      array(
        select r.id::text from whatsapp_broadcast_recipients r
        where ${isComparing} and r.broadcast_id = b.id and r.next_attempt_at <= now()
          and r.status = 'pending'
        order by r.next_attempt_at
        limit b.limit + ${queued?.size ?? 0}::integer
      ) as due,
      array(
        select r.id::text from ${behind} and ${isComparing} and r.status = 'pending'
      ) as behind,
      array(
        select r.id::text from (
          select r.id, r.status, r.next_attempt_at from whatsapp_broadcast_recipients r
          where (r.broadcast_id, r.id) > (b.id, b.feed_cursor) and r.broadcast_id <= b.id
          order by r.broadcast_id, r.id offset 0
        ) r
        where r.status = 'pending' and r.next_attempt_at is null
        limit b.limit
      ) as fresh,
      (
        select r.id::text from whatsapp_broadcast_recipients r
        where (r.broadcast_id, r.id) > (b.id, b.feed_cursor) and r.broadcast_id <= b.id
        order by r.broadcast_id desc, r.id desc
        limit 1
      ) as "lastId"
    from broadcast b
    order by b.id
  `.execute(db);
  return rows.map(({ limit, due, behind: fed, ...share }) => ({
    ...share,
    again: [...due, ...fed].filter((id) => queued?.has(id) === false),
    isFreshAll: share.fresh.length < limit,
  }));
}

/**
 * Interleaves the shares, so that a small broadcast isn't stuck behind a large one: [[1, 2, 3],
 * [a]] becomes 1, a, 2, 3.
 */
export function inTurn(shares: readonly Share[]): string[] {
  const lists = shares.map(({ again, fresh }) => [...again, ...fresh]);
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, at) =>
    lists.flatMap((list) => list.slice(at, at + 1)),
  ).flat();
}

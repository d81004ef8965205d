import { sql, type Kysely } from "kysely";
import type { Database } from "./database.ts";
import { recipientCounters } from "./move-recipients.ts";

const counters = [...Object.keys(recipientCounters), "replied_count"];
const sums = sql.raw(counters.map((name) => `coalesce(sum(${name}), 0) as ${name}`).join(", "));
const added = sql.raw(counters.map((name) => `${name} = b.${name} + d.${name}`).join(", "));

/**
 * Adds the appended changes up into the broadcasts' own counters, which are then exact up to a
 * moment ago. `engineDb` must have the role loudhailer_engine. Readers use the view counted_broadcasts, which is exact at any moment.
 *
 * Only changes of transactions that have ended are added up, and `counted_xid` says how far: reads
 * start there, so they never meet the deleted rows, even if an old snapshot keeps all of them. After
 * a dump was restored into a new cluster, whose transactions are numbered from the start again,
 * everything is added up once. Returns the transaction from which the next call must look.
 */
export async function foldCounts(
  engineDb: Kysely<Database>,
  fromXid: string,
): Promise<{ folded: number; fromXid: string }> {
  const { rows } = await sql<{ id: string | null; xmin: string }>`
    with snapshot as materialized (
      select pg_snapshot_xmin(s) as xmin, pg_snapshot_xmax(s) as xmax
      from pg_current_snapshot() s
    )
    select changed.broadcast_id as id, s.xmin::text
    from snapshot s
    left join lateral (
      select distinct d.broadcast_id from broadcast_count_deltas d
      where d.xid >= case when ${fromXid}::xid8 > s.xmax then '0' else ${fromXid}::xid8 end
    ) changed on true
  `.execute(engineDb);
  const ids = rows.flatMap(({ id }) => (id === null ? [] : [id]));
  for (const id of ids) await foldBroadcast(engineDb, id);
  return { folded: ids.length, fromXid: rows[0]?.xmin ?? fromXid };
}

/**
 * Adds up one broadcast's changes. What was added up is deleted by the same statement, so that two
 * processes never count a change twice.
 */
async function foldBroadcast(engineDb: Kysely<Database>, broadcastId: string): Promise<void> {
  await sql`
    with snapshot as materialized (
      select pg_snapshot_xmin(s) as xmin, pg_snapshot_xmax(s) as xmax
      from pg_current_snapshot() s
    ),
    before as materialized (
      select b.id, b.counted_xid, s.xmin, b.counted_xid > s.xmax as is_restored
      from whatsapp_broadcasts b, snapshot s
      where b.id = ${broadcastId}::uuid
      for no key update of b
    ),
    gone as (
      delete from broadcast_count_deltas d using before
      where d.broadcast_id = before.id and (
        d.xid >= before.counted_xid and (d.xid < before.xmin or before.is_restored)
        or before.is_restored and d.xid < before.xmin)
      returning d.*
    )
    update whatsapp_broadcasts b set ${added},
      counted_xid = case when before.is_restored then before.xmin
        else greatest(before.counted_xid, before.xmin) end
    from before, (select ${sums} from gone) d
    where b.id = before.id
  `.execute(engineDb);
}

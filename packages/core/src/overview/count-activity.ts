import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";
import { isolateFaults } from "../isolate-faults.ts";
import { recipientEvents } from "./recipient-events.ts";

/** Minimum pause before a broadcast is counted again, in multiples of the last count's duration. */
const restFactor = 50;
const restMsMin = 10_000;
const broadcastsMax = 50;

interface Changed {
  id: string;
  organization_id: string;
  counters: number[];
}

/**
 * Counts the activity of broadcasts whose counters have changed since the last count, from their
 * recipients. The result is exact once a broadcast is quiet. While one of millions is being sent,
 * counting takes at most a fiftieth of PostgreSQL's time. Any number of processes may run it. `db`
 * must be on the role loudhailer_engine.
 * @throws Error of the first broadcast that could not be counted, once the others are
 */
export async function countActivity(db: Kysely<Database>, signal?: AbortSignal): Promise<void> {
  const { rows: changed } = await sql<Changed>`
    select b.id, b.organization_id, b.counters
    from (
      select id, organization_id, array[successful_sends, failed_sends, delivered_count, read_count,
        replied_count] as counters
      from counted_broadcasts where launched_at is not null or total_recipients > 0
    ) b
    left join broadcast_activity_counts a on a.broadcast_id = b.id
    where b.counters is distinct from coalesce(a.counters, '{0,0,0,0,0}')
      and (a.counted_at is null or a.counted_at < now()
        - greatest(a.took_ms * ${restFactor}, ${restMsMin}) * interval '1 ms')
    -- Broadcasts that can't be counted must not keep the others from their turn.
    order by random() limit ${broadcastsMax}
  `.execute(db);
  const faults = isolateFaults("activity of broadcast");
  for (const broadcast of changed) {
    if (signal?.aborted) return;
    const work = () => countBroadcast(db, broadcast);
    await faults.run(broadcast.id, work);
  }
  faults.throwFirst();
}

// The next count finds changes made meanwhile by the broadcast's counters.
async function countBroadcast(
  db: Kysely<Database>,
  { id, organization_id: organizationId, counters }: Changed,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ locked: boolean }>`
      select pg_try_advisory_xact_lock(hashtextextended('activity ' || ${id}, 0)) as locked
    `.execute(trx);
    if (rows[0]?.locked !== true) return;
    const startedAt = performance.now();
    await trx.deleteFrom("broadcast_activity").where("broadcast_id", "=", id).execute();
    await sql`
      insert into broadcast_activity
        (organization_id, broadcast_id, quarter, sent, delivered, read, failed, replied)
      select ${organizationId}::uuid, ${id}::uuid, quarter, sum(sent), sum(delivered), sum(read),
        sum(failed), sum(replied)
      from (
        select date_bin('15 minutes', e.at, '2000-01-01Z') as quarter,
          count(*) filter (where e.kind = 'sent') as sent,
          count(*) filter (where e.kind = 'delivered') as delivered,
          count(*) filter (where e.kind = 'read') as read,
          count(*) filter (where e.kind = 'failed') as failed,
          count(*) filter (where e.kind = 'replied') as replied
        from ${recipientEvents(id)} e
        group by 1
      ) counted
      group by quarter
    `.execute(trx);
    await trx
      .insertInto("broadcast_activity_counts")
      .values({
        broadcast_id: id,
        organization_id: organizationId,
        counters,
        took_ms: Math.round(performance.now() - startedAt),
      })
      .onConflict((conflict) =>
        conflict.column("broadcast_id").doUpdateSet((eb) => ({
          counters: eb.ref("excluded.counters"),
          took_ms: eb.ref("excluded.took_ms"),
          counted_at: sql<Date>`clock_timestamp()`,
        })),
      )
      .execute();
  });
}

import type pg from "pg";
import { positionSql, timelineSql, type HistoryPoint } from "./database-history.ts";
import { leaseMs } from "./tuning.ts";

/** A dispatcher's right to send from a number. */
export interface Lease {
  phoneNumberId: string;
  /** Changes with each owner. A claim with an earlier one does nothing. */
  epoch: string;
  /** Milliseconds for which the owner leaves one message per second to a test message. */
  borrowedMs: number;
}

const leaseColumns = `l.phone_number_id as "phoneNumberId", l.epoch::text,
  greatest(0, coalesce(extract(epoch from l.borrowed_until - clock_timestamp()) * 1000, 0))::float8
    as "borrowedMs"`;

// Rows are always locked in the order of their numbers, so that dispatchers can't deadlock.
const renewSql = `
  with beat as (
    insert into dispatchers (id, numbers_away, is_leaving) values ($1, $2, $3)
    on conflict (id) do update set last_seen_at = now(), numbers_away = excluded.numbers_away,
      is_leaving = excluded.is_leaving
  ),
  own as materialized (
    select phone_number_id from number_leases
    where dispatcher_id = $1 and phone_number_id = any($4::text[])
    order by phone_number_id for no key update
  ),
  renewed as (
    update number_leases l
    set expires_at = clock_timestamp() + interval '${leaseMs} ms', timeline = ${timelineSql}
    from own where l.phone_number_id = own.phone_number_id
    returning ${leaseColumns}
  )
  select h.*, r.* from (select ${timelineSql} as timeline, ${positionSql} as position) h
  left join renewed r on true
`;

/**
 * Renews a dispatcher's leases of these numbers, also those that have ended and have no new owner,
 * and reports that it is alive. Returns the leases that it still has. A lease whose taking was never
 * answered isn't named, so it ends.
 */
export async function renewLeases(
  pool: pg.Pool,
  dispatcher: {
    id: string;
    /** Moments since when Meta doesn't answer, by phone number id. */
    numbersAway: Record<string, Date>;
    /** True once it takes no more numbers because it stops. */
    isLeaving: boolean;
  },
  phoneNumberIds: readonly string[],
): Promise<{ leases: Lease[]; history: HistoryPoint }> {
  const { id, numbersAway, isLeaving } = dispatcher;
  const { rows } = await pool.query<HistoryPoint & { [K in keyof Lease]: Lease[K] | null }>({
    name: "renew-leases",
    text: renewSql,
    values: [id, JSON.stringify(numbersAway), isLeaving, phoneNumberIds],
  });
  const [first] = rows;
  if (!first) throw new Error("a renewal has no answer");
  const { timeline, position } = first;
  const leases = rows.filter((row): row is HistoryPoint & Lease => row.phoneNumberId !== null);
  return { leases, history: { timeline, position } };
}

// After a failover, the row may have lost its last renewal: its owner has one more lease to renew it.
const takeSql = `
  with wanted as materialized (
    select l.phone_number_id, l.timeline <> ${timelineSql} as is_other_timeline
    from number_leases l
    where l.phone_number_id = any($1::text[]) and l.expires_at <= clock_timestamp()
    order by l.phone_number_id
    for update skip locked
  ),
  awaited as (
    update number_leases l
    set expires_at = clock_timestamp() + interval '${leaseMs} ms', timeline = ${timelineSql}
    from wanted w where l.phone_number_id = w.phone_number_id and w.is_other_timeline
  ),
  taken as (
    update number_leases l
    set dispatcher_id = $2, epoch = l.epoch + 1,
      expires_at = clock_timestamp() + interval '${leaseMs} ms'
    from wanted w where l.phone_number_id = w.phone_number_id and not w.is_other_timeline
    returning ${leaseColumns}
  ),
  added as (
    insert into number_leases as l (phone_number_id, dispatcher_id, expires_at, timeline)
    select id, $2, clock_timestamp() + interval '${leaseMs} ms', ${timelineSql}
    from unnest($1::text[]) as n(id)
    where id not in (select phone_number_id from number_leases)
    order by id
    on conflict do nothing
    returning ${leaseColumns}
  )
  select * from taken union all select * from added
`;

/** Takes those of the numbers that are free, and returns their leases. */
export async function takeNumbers(
  pool: pg.Pool,
  dispatcherId: string,
  phoneNumberIds: readonly string[],
): Promise<Lease[]> {
  const { rows } = await pool.query<Lease>({
    name: "take-numbers",
    text: takeSql,
    values: [phoneNumberIds, dispatcherId],
  });
  return rows;
}

/**
 * Gives up the lease. The next owner begins `restMs` later, when this one's last second is over.
 * Does nothing if the dispatcher has lost it already.
 */
export async function giveUpNumber(
  pool: pg.Pool,
  { phoneNumberId, epoch }: Pick<Lease, "phoneNumberId" | "epoch">,
  dispatcherId: string,
  restMs: number,
): Promise<void> {
  await pool.query({
    name: "give-up-number",
    text: `update number_leases set dispatcher_id = null,
        expires_at = clock_timestamp() + $4::float8 * interval '1 ms'
      where phone_number_id = $1 and epoch >= $2 and dispatcher_id = $3`,
    values: [phoneNumberId, epoch, dispatcherId, restMs],
  });
}

/**
 * Changes the epoch of a lease, after which no claim with the former one can be committed: a claim
 * holds the row's key until its commit. Returns the new epoch, or null if the lease was lost.
 */
export async function fenceClaims(
  pool: pg.Pool,
  { phoneNumberId, epoch }: Pick<Lease, "phoneNumberId" | "epoch">,
  dispatcherId: string,
): Promise<string | null> {
  const { rows } = await pool.query<{ epoch: string }>({
    name: "fence-claims",
    text: `update number_leases set epoch = epoch + 1
      where phone_number_id = $1 and dispatcher_id = $3 and epoch >= $2
      returning epoch::text`,
    values: [phoneNumberId, epoch, dispatcherId],
  });
  return rows[0]?.epoch ?? null;
}

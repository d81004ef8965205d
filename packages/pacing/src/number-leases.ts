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
const leaseEnd = `clock_timestamp() + interval '${leaseMs} ms'`;

/** SQL for when a lease `l` ends, whose dispatcher is `d`: one row renews all of its leases. */
export const leaseEndSql = "greatest(l.expires_at, d.lease_until)";

const renewSql = `
  insert into dispatchers (id, numbers_away, is_leaving, lease_until) values ($1, $2, $3, ${leaseEnd})
  on conflict (id) do update set last_seen_at = now(), numbers_away = excluded.numbers_away,
    is_leaving = excluded.is_leaving, lease_until = excluded.lease_until
`;

const ownSql = `
  select h.*, l.* from (select ${timelineSql} as timeline, ${positionSql} as position) h
  left join (select ${leaseColumns} from number_leases l where l.dispatcher_id = $1) l on true
`;

/**
 * Renews all leases of a dispatcher, also those that have ended and have no new owner, and reports
 * that it is alive. Returns the leases that it still has.
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
): Promise<{ leases: Lease[]; history: HistoryPoint }> {
  const { id, numbersAway, isLeaving } = dispatcher;
  const values = [id, JSON.stringify(numbersAway), isLeaving];
  await pool.query({ name: "renew-leases", text: renewSql, values });
  // A statement of its own, since another dispatcher may have taken numbers while this one waited.
  const { rows } = await pool.query<HistoryPoint & { [K in keyof Lease]: Lease[K] | null }>({
    name: "own-leases",
    text: ownSql,
    values: [id],
  });
  const [first] = rows;
  if (!first) throw new Error("a renewal has no answer");
  const { timeline, position } = first;
  const leases = rows.filter((row): row is HistoryPoint & Lease => row.phoneNumberId !== null);
  return { leases, history: { timeline, position } };
}

// The former owner's row is locked, so that it can't renew its leases meanwhile. After a failover,
// it may have lost its last renewal: the owner has one more lease to renew it.
const takeSql = `
  with ended as materialized (
    select id from dispatchers where lease_until <= clock_timestamp()
    order by id for no key update skip locked
  ),
  wanted as materialized (
    select l.phone_number_id, l.timeline <> ${timelineSql} as is_other_timeline
    from number_leases l
    where l.phone_number_id = any($1::text[]) and l.expires_at <= clock_timestamp()
      and (l.dispatcher_id is null or l.dispatcher_id in (select id from ended)
        or not exists (select from dispatchers d where d.id = l.dispatcher_id))
    order by l.phone_number_id
    for update skip locked
  ),
  awaited as (
    update number_leases l set expires_at = ${leaseEnd}, timeline = ${timelineSql}
    from wanted w where l.phone_number_id = w.phone_number_id and w.is_other_timeline
  ),
  taken as (
    update number_leases l
    set dispatcher_id = $2, epoch = l.epoch + 1, expires_at = ${leaseEnd}
    from wanted w where l.phone_number_id = w.phone_number_id and not w.is_other_timeline
    returning ${leaseColumns}
  ),
  added as (
    insert into number_leases as l (phone_number_id, dispatcher_id, expires_at, timeline)
    select id, $2, ${leaseEnd}, ${timelineSql}
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
 * Gives up the lease, after which none of its claims can be committed. The next owner begins
 * `restMs` later, when this one's last second is over.
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
    text: `update number_leases set dispatcher_id = null, epoch = epoch + 1,
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

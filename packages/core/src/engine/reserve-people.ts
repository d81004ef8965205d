import type { Database } from "@loudhailer/db/database.ts";
import type { SendingNumber } from "@loudhailer/pacing/find-sending-numbers.ts";
import { sql, type Kysely, type Transaction } from "kysely";
import { peopleInLimit } from "../providers/messaging-limit.ts";

const window = sql`interval '24 hours'`;
/** Recipients fed now have left the queue by then, which is when Meta's window begins. */
const fedAhead = sql`interval '30 seconds'`;
/**
 * Number of parts per number into which the rest of the limit is divided while several numbers of a
 * portfolio send. Each takes one part at a time, so that the first one doesn't take it all.
 */
const turnsOfEach = 4;
const partMin = 10;

export interface Reservation {
  granted: ReadonlySet<string>;
  /** Number of granted people who newly count toward the limit. */
  counted: number;
  /** Whether recipients were refused because the limit is used up for this window. */
  isUsedUp: boolean;
}

/**
 * Returns which of `recipientIds` may be fed within the messaging limit of the number's portfolio,
 * and counts them. People already written to within 24 hours are granted without counting again; of
 * the others as many as fit are granted, in the given order. The limit is the highest one that Meta
 * reported for any number of the portfolio. When the limit is used up, the moment at which it has
 * room again is stored in `messaging_limit_until` of all the portfolio's numbers.
 *
 * Meta counts only templates to people outside a service window. Loudhailer doesn't know the
 * windows and counts all people, so feeding stops early rather than late.
 */
export async function reservePeople(
  db: Kysely<Database>,
  number: SendingNumber,
  recipientIds: readonly string[],
): Promise<Reservation> {
  const reservation = await db.transaction().execute((trx) => reserve(trx, number, recipientIds));
  if (reservation.isUsedUp) await keepUntil(db, number);
  else if (reservation.granted.size > 0) await forgetUntil(db, number);
  return reservation;
}

/** Clears the stored moment, because the portfolio's limit has room, was raised, or is gone. */
export async function forgetUntil(db: Kysely<Database>, number: SendingNumber): Promise<void> {
  if (number.messagingLimitUntil === null) return;
  await setUntil(db, number.portfolioId, null);
}

async function reserve(
  trx: Transaction<Database>,
  { portfolioId }: SendingNumber,
  recipientIds: readonly string[],
): Promise<Reservation> {
  await sql`
    select pg_advisory_xact_lock(hashtextextended('messaging limit ' || ${portfolioId}, 0))
  `.execute(trx);
  const { limit, senders, used } = await readLimit(trx, portfolioId);
  if (limit === null) return { granted: new Set(recipientIds), counted: 0, isUsedUp: false };
  const left = Math.max(0, limit - used);
  const part = senders > 1 ? Math.max(partMin, Math.ceil(left / (turnsOfEach * senders))) : left;
  const { rows } = await sql<{ id: string; isNew: boolean }>`
    with candidate as materialized (
      select r.id, wanted.position, hashtextextended(r.phone, 0) as hash
      from unnest(${recipientIds}::bigint[]) with ordinality as wanted(id, position)
      join whatsapp_broadcast_recipients r on r.id = wanted.id
    ),
    person as materialized (
      select c.hash, min(c.position) as position, bool_or(u.recipient_hash is not null) as is_known
      from candidate c
      left join messaging_limit_uses u on u.portfolio_id = ${portfolioId}
        and u.recipient_hash = c.hash and u.used_at > now() - ${window}
      group by c.hash
    ),
    granted as materialized (
      select hash, is_known from person where is_known
      union all
      (select hash, is_known from person where not is_known
        order by position limit ${Math.min(part, left)}::integer)
    ),
    counted as (
      insert into messaging_limit_uses (portfolio_id, recipient_hash, used_at)
      select ${portfolioId}, hash, now() + ${fedAhead} from granted order by hash
      on conflict (portfolio_id, recipient_hash) do update set used_at = excluded.used_at
    )
    select c.id::text, (c.position = p.position and not p.is_known) as "isNew"
    from candidate c join granted g on g.hash = c.hash join person p on p.hash = c.hash
  `.execute(trx);
  const counted = rows.filter(({ isNew }) => isNew).length;
  return {
    granted: new Set(rows.map(({ id }) => id)),
    counted,
    isUsedUp: used + counted >= limit && rows.length < recipientIds.length,
  };
}

async function readLimit(trx: Transaction<Database>, portfolioId: string) {
  const { rows } = await sql<{ limits: (string | null)[]; senders: number; used: number }>`
    select array_agg(p.messaging_limit) as limits,
      (count(*) filter (where exists (
        select from whatsapp_broadcasts b where b.provider_id = p.id and b.status = 'sending'
      )))::integer as senders,
      (select count(*)::integer from messaging_limit_uses u
        where u.portfolio_id = ${portfolioId} and u.used_at > now() - ${window}) as used
    from whatsapp_providers p
    where coalesce(p.portfolio_id, p.waba_id) = ${portfolioId} and p.moved_at is null
  `.execute(trx);
  const { limits, senders, used } = rows[0] ?? { limits: [], senders: 0, used: 0 };
  return { limit: highest(limits), senders, used };
}

/** Returns the highest limit. Null if one of them is unlimited or unknown, or if there is none. */
function highest(limits: readonly (string | null)[]): number | null {
  const people = limits.filter((limit) => limit !== null).map(peopleInLimit);
  const known = people.filter((limit) => limit !== null);
  return known.length === 0 || known.length < people.length ? null : Math.max(...known);
}

async function keepUntil(db: Kysely<Database>, number: SendingNumber): Promise<void> {
  const { rows } = await sql<{ until: Date | null }>`
    select min(used_at) + ${window} as until from messaging_limit_uses
    where portfolio_id = ${number.portfolioId} and used_at > now() - ${window}
  `.execute(db);
  const until = rows[0]?.until ?? null;
  if (until?.getTime() === number.messagingLimitUntil?.getTime()) return;
  await setUntil(db, number.portfolioId, until);
}

async function setUntil(
  db: Kysely<Database>,
  portfolioId: string,
  until: Date | null,
): Promise<void> {
  await db
    .updateTable("whatsapp_providers")
    .set({ messaging_limit_until: until })
    .where("id", "in", (query) =>
      query
        .selectFrom("whatsapp_providers")
        .where(sql<boolean>`coalesce(portfolio_id, waba_id) = ${portfolioId}`)
        .select("id")
        .orderBy("id")
        .forNoKeyUpdate(),
    )
    .execute();
}

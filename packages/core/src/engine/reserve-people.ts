import type { Database } from "@loudhailer/db/database.ts";
import type { SendingNumber } from "@loudhailer/pacing/find-sending-numbers.ts";
import { sql, type Kysely, type Transaction } from "kysely";
import { peopleInLimit } from "../providers/messaging-limit.ts";

const window = sql`interval '24 hours'`;
/** What is fed now has left the queue by then, and so the window begins for Meta. */
const fedAhead = sql`interval '30 seconds'`;
/**
 * Where several numbers of a portfolio send, each takes a part of what is left of the limit at a
 * time, so that the first one doesn't take it all.
 */
const turnsOfEach = 4;
const partMin = 10;

export interface Reservation {
  granted: ReadonlySet<string>;
  /** How many of them count anew. */
  counted: number;
  /** Somebody was refused since nobody else fits within the window. */
  isUsedUp: boolean;
}

/**
 * Which of `recipientIds` may be fed within the messaging limit of the number's portfolio: those
 * already written to within 24 hours, who don't count again, and of the others, in the order given,
 * as many as fit. Whom it grants it has counted. The limit is the highest that Meta has told of any
 * number of the portfolio. The moment from which on there is room again is kept in
 * `messaging_limit_until` of all its numbers.
 *
 * At Meta only templates to people outside a service window count. We don't know the windows, and
 * count everybody, so feeding stops early rather than late.
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

/** The limit is gone, or was raised: nothing waits for it any more. */
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
    where coalesce(p.portfolio_id, p.waba_id) = ${portfolioId}
  `.execute(trx);
  const { limits, senders, used } = rows[0] ?? { limits: [], senders: 0, used: 0 };
  return { limit: highest(limits), senders, used };
}

/** Null where one of them has no limit, or none is known. */
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

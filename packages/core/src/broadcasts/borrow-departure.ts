import { setTimeout as wait } from "node:timers/promises";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { timelineSql } from "@loudhailer/pacing/database-history.ts";
import { leaseEndSql } from "@loudhailer/pacing/number-leases.ts";
import { borrowMs, leaseMs, windowMs } from "@loudhailer/pacing/tuning.ts";
import { sql } from "kysely";
import type { TenantContext } from "../tenant-context.ts";

const pollMs = 100;
/** By then the number's owner has renewed its lease, or the lease has ended. */
const agreedMsMax = leaseMs + 2 * borrowMs;
const ms = sql`interval '1 ms'`;

/**
 * Resolves when one message may leave from the number, within its rate: at once if no dispatcher
 * owns the number, or else once its owner leaves a message out. Returns false if others borrow from
 * the number for longer than `waitMsMax`, or it can't be borrowed from any more.
 */
export async function borrowDeparture(
  ctx: Pick<TenantContext, "db" | "organizationId">,
  phoneNumberId: string,
  waitMsMax: number,
): Promise<boolean> {
  const inTenant = <T>(work: (trx: TenantDb) => Promise<T>) =>
    withTenant(ctx.db, ctx.organizationId, work);
  const until = performance.now() + waitMsMax;
  while (!(await inTenant((trx) => borrow(trx, phoneNumberId)))) {
    if (performance.now() > until) return false;
    await wait(pollMs);
  }
  // Read once the request is committed: a renewal that begins later sees it.
  const at = await inTenant(readClock);
  for (;;) {
    const restMs = await inTenant((trx) => agree(trx, phoneNumberId, at));
    if (restMs !== null) {
      await wait(restMs);
      return true;
    }
    // The row is gone if a failover lost it, or the number has moved.
    if (performance.now() > until + agreedMsMax) return false;
    await wait(pollMs);
  }
}

/** Returns the database's time, in microseconds. */
async function readClock(trx: TenantDb): Promise<string> {
  const { rows } = await sql<{ at: string }>`select clock_timestamp()::text as at`.execute(trx);
  return rows[0]?.at ?? "infinity";
}

/**
 * Asks the number's owner to leave out one message per second. Returns false if another process
 * borrows from the number.
 */
async function borrow(trx: TenantDb, phoneNumberId: string): Promise<boolean> {
  // Long enough for an owner that died meanwhile.
  const until = sql`now() + ${agreedMsMax} * ${ms}`;
  await sql`
    insert into number_leases (phone_number_id, expires_at, timeline)
    values (${phoneNumberId}, now(), ${sql.raw(timelineSql)})
    on conflict do nothing
  `.execute(trx);
  const { numAffectedRows = 0n } = await sql`
    update number_leases set borrowed_until = ${until}
    where phone_number_id = ${phoneNumberId} and coalesce(borrowed_until <= now(), true)
  `.execute(trx);
  return numAffectedRows > 0n;
}

/**
 * Returns the milliseconds after which the message may leave; null while the owner doesn't know of
 * it. An owner learns of it when it takes or renews its lease, and what it sent before is a second
 * old after a second.
 */
async function agree(
  trx: TenantDb,
  phoneNumberId: string,
  borrowedAt: string,
): Promise<number | null> {
  const isKnown = sql`lease.ends_at - ${leaseMs} * ${ms} > ${borrowedAt}::timestamptz`;
  const restMs = sql`case when ${isKnown} then ${windowMs} else 0 end`;
  const { rows } = await sql<{ restMs: number }>`
    update number_leases n
    set borrowed_until = clock_timestamp() + (${restMs} + ${borrowMs}) * ${ms}
    from (
      select l.phone_number_id, ${sql.raw(leaseEndSql)} as ends_at
      from number_leases l left join dispatchers d on d.id = l.dispatcher_id
    ) lease
    where n.phone_number_id = ${phoneNumberId} and lease.phone_number_id = n.phone_number_id
      and (lease.ends_at <= clock_timestamp() or ${isKnown})
    returning (${restMs})::integer as "restMs"
  `.execute(trx);
  return rows[0]?.restMs ?? null;
}

import { setTimeout as wait } from "node:timers/promises";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { timelineSql } from "@loudhailer/pacing/database-history.ts";
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
  let borrowedAt: string | null = null;
  while (borrowedAt === null) {
    borrowedAt = await inTenant((trx) => borrow(trx, phoneNumberId));
    if (borrowedAt !== null) break;
    if (performance.now() > until) return false;
    await wait(pollMs);
  }
  const at = borrowedAt;
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

/**
 * Asks the number's owner to leave out one message per second. Returns the moment, or null if
 * another process borrows from the number. The moment is that of the row's lock, in microseconds: a
 * renewal that held the lock before didn't see the request.
 */
async function borrow(trx: TenantDb, phoneNumberId: string): Promise<string | null> {
  // Long enough for an owner that died meanwhile.
  const until = sql`now() + ${agreedMsMax} * ${ms}`;
  await sql`
    insert into number_leases (phone_number_id, expires_at, timeline)
    values (${phoneNumberId}, now(), ${sql.raw(timelineSql)})
    on conflict do nothing
  `.execute(trx);
  const { rows } = await sql<{ at: string }>`
    update number_leases set borrowed_until = ${until}
    where phone_number_id = ${phoneNumberId} and coalesce(borrowed_until <= now(), true)
    returning clock_timestamp()::text as at
  `.execute(trx);
  return rows[0]?.at ?? null;
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
  const isKnown = sql`l.expires_at - ${leaseMs} * ${ms} > ${borrowedAt}::timestamptz`;
  const restMs = sql`case when ${isKnown} then ${windowMs} else 0 end`;
  const { rows } = await sql<{ restMs: number }>`
    update number_leases l
    set borrowed_until = clock_timestamp() + (${restMs} + ${borrowMs}) * ${ms}
    where l.phone_number_id = ${phoneNumberId} and (l.expires_at <= clock_timestamp() or ${isKnown})
    returning (${restMs})::integer as "restMs"
  `.execute(trx);
  return rows[0]?.restMs ?? null;
}

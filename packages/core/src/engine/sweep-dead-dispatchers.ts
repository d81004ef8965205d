import type { OwnRecipientCode } from "@loudhailer/contracts/recipient-codes.ts";
import type { Database } from "@loudhailer/db/database.ts";
import { countMovesSql } from "@loudhailer/db/move-recipients.ts";
import { silenceSecondsMax } from "@loudhailer/pacing/tuning.ts";
import { sql, type Kysely, type RawBuilder } from "kysely";
import { attempted } from "./attempted-recipients.ts";
import type { EngineDeps } from "./engine-deps.ts";

/**
 * Age at which a claim is certainly no longer under way: a request ends within a minute, and a
 * settle is tried again.
 */
const claimSecondsMax = 180;

const dispatcherLost = sql.lit<OwnRecipientCode>("dispatcher_lost");

/**
 * Removes dead dispatchers. Their claims become unknown, and Meta's webhook settles them.
 */
export async function sweepDeadDispatchers({ engineDb, log }: EngineDeps): Promise<void> {
  const silent = sql<boolean>`last_seen_at < now() - ${silenceSecondsMax} * interval '1 second'`;
  const silentOnes = await engineDb.selectFrom("dispatchers").where(silent).select("id").execute();
  if (silentOnes.length === 0) return;
  await engineDb.transaction().execute(async (trx) => {
    const dead = await trx
      .selectFrom("dispatchers")
      .where(silent)
      .select("id")
      .forUpdate()
      .skipLocked()
      .execute();
    for (const { id } of dead) {
      const unknown = await makeUnknown(trx, sql`a.claimed_by = ${id}::uuid`);
      await trx.deleteFrom("dispatchers").where("id", "=", id).execute();
      log.warn({ dispatcherId: id, unknown }, "dispatcher is gone, its claims are unknown");
    }
  });
}

/**
 * Makes claims unknown that no live dispatcher can still settle: claims of an unregistered
 * dispatcher and claims that are far too old.
 */
export async function forgetLostClaims({ engineDb, log }: EngineDeps): Promise<void> {
  const unknown = await makeUnknown(
    engineDb,
    sql`a.claimed_at < now() - ${silenceSecondsMax} * interval '1 second'
      and (a.claimed_at < now() - ${claimSecondsMax} * interval '1 second'
        or not exists (select from dispatchers d where d.id = a.claimed_by))`,
  );
  if (unknown > 0) log.warn({ unknown }, "claims of lost dispatchers are unknown");
}

/** Makes the attempts `a` unknown that meet the condition, and returns how many. */
async function makeUnknown(db: Kysely<Database>, which: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ moved: number }>`
    with locked as materialized (
      select r.id
      from whatsapp_broadcast_recipients r
      where r.status = 'sending' and r.id in (select a.id from ${attempted} a where ${which})
      order by r.id
      for no key update
    ),
    moved as (
      update whatsapp_broadcast_recipients r
      set status = 'unknown', next_attempt_at = null, error_code = ${dispatcherLost},
        error_title = 'The sending process ended before Meta answered'
      from locked l
      where r.id = l.id and r.status = 'sending'
      returning r.broadcast_id, 'sending' as old_status, r.status as new_status
    ),
    ${sql.raw(countMovesSql)}
    select count(*)::integer as moved from moved
  `.execute(db);
  return rows[0]?.moved ?? 0;
}

import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import { countMovesSql } from "@loudhailer/db/move-recipients.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { sql, type RawBuilder } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { refuseNumberThatIsOut } from "./check-content.ts";
import { fetchBroadcast } from "./get-broadcast.ts";
import { throwWrongState } from "./wrong-state.ts";

export interface Retry {
  /** Of the audit entry, in the past tense. */
  action: string;
  /** What a broadcast in the wrong state can't be. */
  verb: string;
  /** Recipients `r` to be tried again. */
  which: RawBuilder<unknown>;
  /** When, of a recipient `r` as it was; null is now. */
  nextAttemptAt: RawBuilder<unknown>;
  /** The sentence for when there are none. */
  nobody(trx: TenantDb): Promise<string>;
}

/**
 * Makes recipients of a broadcast pending again, with their counters, in one statement; the news of
 * the message they had are known by `retried_wamids`. A broadcast that has ended goes on. Throws
 * `conflict` for one that is canceled or hasn't begun, and where there is nobody to retry;
 * `broadcast_not_sendable` where it would go on over a number that is out.
 */
export function retryRecipients(
  ctx: TenantContext,
  broadcastId: string,
  retry: Retry,
): Promise<BroadcastView> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const broadcast = await readRetryable(trx, ctx.organizationId, broadcastId);
    if (!broadcast) return throwWrongState(trx, ctx.organizationId, broadcastId, retry.verb);
    const moved = await makePending(trx, ctx.organizationId, broadcastId, retry);
    if (moved === 0) {
      const { status } = broadcast;
      throw new DomainError("conflict", await retry.nobody(trx), { status });
    }
    // Its row is locked by now. One that was canceled meanwhile stays as it is, recipients and all.
    const { numUpdatedRows } = await trx
      .updateTable("whatsapp_broadcasts")
      .set({ feed_cursor: "0", updated_at: sql`now()` })
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", broadcastId)
      .where("status", "in", ["sending", "paused"])
      .executeTakeFirst();
    if (numUpdatedRows === 0n) {
      await throwWrongState(trx, ctx.organizationId, broadcastId, retry.verb);
    }
    await recordAudit(trx, ctx, {
      action: retry.action,
      targetType: "broadcast",
      targetId: broadcastId,
      details: { recipients: moved },
    });
    return fetchBroadcast(trx, ctx.organizationId, broadcastId);
  });
}

async function readRetryable(trx: TenantDb, organizationId: string, broadcastId: string) {
  const broadcast = await trx
    .selectFrom("whatsapp_broadcasts as b")
    .innerJoin("whatsapp_providers as p", "p.id", "b.provider_id")
    .where("b.organization_id", "=", organizationId)
    .where("b.id", "=", broadcastId)
    .where("b.status", "in", ["completed", "failed", "sending", "paused"])
    .select(["b.status", "p.status as provider_status", "p.status_reason"])
    .executeTakeFirst();
  // A paused one waits for its resume, which looks at the number.
  if (broadcast && broadcast.status !== "paused") {
    const { status, provider_status, status_reason } = broadcast;
    refuseNumberThatIsOut({ status: provider_status, status_reason }, status);
  }
  return broadcast;
}

async function makePending(
  trx: TenantDb,
  organizationId: string,
  broadcastId: string,
  { which, nextAttemptAt }: Retry,
): Promise<number> {
  const { rows } = await sql<{ moved: number }>`
    with locked as materialized (
      select r.id, r.status as old_status
      from whatsapp_broadcast_recipients r
      where r.organization_id = ${organizationId}::uuid and r.broadcast_id = ${broadcastId}::uuid
        -- A deleted contact's number is gone.
        and r.phone <> '' and ${which}
      order by r.id
      for no key update
    ),
    moved as (
      update whatsapp_broadcast_recipients r
      set status = 'pending', retried_wamids = case when r.wamid is null then r.retried_wamids
          else r.retried_wamids || r.wamid end, wamid = null,
        next_attempt_at = ${nextAttemptAt}, error_code = null, error_title = null,
        error_details = null, sent_at = null, failed_at = null
      from locked l
      where r.id = l.id
      returning r.broadcast_id, l.old_status, r.status as new_status
    ),
    ${sql.raw(countMovesSql)}
    select count(*)::integer as moved from moved
  `.execute(trx);
  return rows[0]?.moved ?? 0;
}

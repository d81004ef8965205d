import type { AuditAction } from "@loudhailer/contracts/audit-actions.ts";
import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import { countMovesSql } from "@loudhailer/db/move-recipients.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { sql, type RawBuilder } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { refuseNumberThatIsOut } from "./check-content.ts";
import { fetchBroadcast } from "./get-broadcast.ts";
import { takePresentTemplate } from "./take-present-template.ts";
import { changeState, throwWrongState } from "./wrong-state.ts";

export interface Retry {
  /** Action of the audit event. */
  action: AuditAction;
  /** Past participle for the error of a broadcast in the wrong state: it can't be `resent`. */
  verb: string;
  /** Condition on the recipients `r` to try again. */
  which: RawBuilder<unknown>;
  /** Moment of the next attempt, computed from the old row `r`. */
  nextAttemptAt: RawBuilder<unknown>;
  /** Returns the error's sentence for a broadcast without such recipients. */
  emptyMessage(trx: TenantDb): Promise<string>;
}

/**
 * Makes recipients of a broadcast pending again and updates the counters, in one statement.
 * `retried_wamids` keeps the ids of their earlier messages, so that late statuses of those are
 * recognized. An ended broadcast continues, with the template's present version.
 * @throws DomainError `not_found` if the organization has no such broadcast
 * @throws DomainError `conflict` if the broadcast hasn't started sending or is canceled, or if
 *   there are no such recipients
 * @throws DomainError `broadcast_not_sendable` if it would send from a number that isn't connected,
 *   or its variables don't fit the template's present version
 * @throws DomainError `template_not_approved` if it would send a template that isn't approved
 */
export function retryRecipients(
  ctx: TenantContext,
  broadcastId: string,
  retry: Retry,
): Promise<BroadcastView> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const broadcast = await readRetryable(trx, ctx.organizationId, broadcastId);
    if (!broadcast) return throwWrongState(trx, ctx.organizationId, broadcastId, retry.verb);
    // A paused broadcast waits for its resume, which does this too.
    const present =
      broadcast.status === "paused"
        ? {}
        : await takePresentTemplate(trx, ctx.organizationId, broadcast);
    const moved = await makePending(trx, ctx.organizationId, broadcastId, retry);
    if (moved === 0) {
      const { status } = broadcast;
      throw new DomainError("conflict", await retry.emptyMessage(trx), { status });
    }
    // The broadcast's row is locked by now. If it was canceled meanwhile, the error undoes all.
    await changeState(trx, ctx.organizationId, broadcastId, {
      from: ["sending", "paused"],
      columns: present,
      verb: retry.verb,
    });
    await recordAudit(trx, ctx, {
      action: retry.action,
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
    .select(["b.provider_id", "b.template_id", "b.template_snapshot", "b.variables"])
    .executeTakeFirst();
  // A paused broadcast waits for its resume, which checks the number.
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

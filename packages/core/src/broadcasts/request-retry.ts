import type { AuditAction } from "@loudhailer/contracts/audit-actions.ts";
import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import type { BroadcastStatus } from "@loudhailer/db/database.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { refuseNumberThatIsOut } from "./check-content.ts";
import { fetchBroadcast } from "./get-broadcast.ts";
import { retryRules, type RetryKind } from "./retry-rules.ts";
import { takePresentTemplate } from "./take-present-template.ts";
import { throwWrongState } from "./wrong-state.ts";

export interface RetryRequest {
  kind: RetryKind;
  /** Action of the audit event. */
  action: AuditAction;
  /** Past participle for the error of a broadcast in the wrong state: it can't be `resent`. */
  verb: string;
  /** Returns the error's sentence if none of the recipients with that status, `count`, qualifies. */
  emptyMessage(count: number): string;
}

type PresentContent = Partial<Awaited<ReturnType<typeof takePresentTemplate>>>;

const retryable: BroadcastStatus[] = ["completed", "failed", "sending", "paused"];

/** Recipients with an error that a request reads at most, which takes about 20 ms. */
const lookMax = 20_000;

const underWay: Record<RetryKind, string> = {
  failed: "Recipients who failed are already being made pending again.",
  unknown: "Unconfirmed recipients are already being made pending again.",
};

/**
 * Notes with the broadcast that its recipients of a kind are to be sent to again, and answers at
 * once, whatever the broadcast's size. The engine makes them pending in slices (retry-slices.ts).
 * An ended broadcast continues, with the template's present version.
 * @throws DomainError `not_found` if the organization has no such broadcast
 * @throws DomainError `conflict` if the broadcast hasn't started sending or is canceled, if there
 *   are no such recipients, or while an earlier request is under way
 * @throws DomainError `broadcast_not_sendable` if it would send from a number that isn't connected,
 *   or its variables don't fit the template's present version
 * @throws DomainError `template_not_approved` if it would send a template that isn't approved
 */
export function requestRetry(
  ctx: TenantContext,
  broadcastId: string,
  request: RetryRequest,
): Promise<BroadcastView> {
  const { organizationId } = ctx;
  return withTenant(ctx.db, organizationId, async (trx) => {
    const broadcast = await readRetryable(trx, organizationId, broadcastId);
    if (!broadcast) return throwWrongState(trx, organizationId, broadcastId, request.verb);
    refuseWhileUnderWay(broadcast);
    // A paused broadcast waits for its resume, which does this too.
    const present =
      broadcast.status === "paused"
        ? {}
        : await takePresentTemplate(trx, organizationId, broadcast);
    const { status } = broadcast;
    const count = request.kind === "failed" ? broadcast.failed_sends : broadcast.unknown_count;
    if (!(await mayHaveAny(trx, broadcastId, { kind: request.kind, count }))) {
      throw new DomainError("conflict", request.emptyMessage(count), { status });
    }
    await open(trx, organizationId, broadcastId, { ...request, present });
    await recordAudit(trx, ctx, {
      action: request.action,
      targetId: broadcastId,
      details: { recipients: count },
    });
    return fetchBroadcast(trx, organizationId, broadcastId);
  });
}

async function readRetryable(trx: TenantDb, organizationId: string, broadcastId: string) {
  const broadcast = await trx
    .selectFrom("counted_broadcasts as b")
    .innerJoin("whatsapp_providers as p", "p.id", "b.provider_id")
    .where("b.organization_id", "=", organizationId)
    .where("b.id", "=", broadcastId)
    .where("b.status", "in", retryable)
    .select(["b.status", "p.status as provider_status", "p.status_reason"])
    .select(["b.provider_id", "b.template_id", "b.template_snapshot", "b.variables"])
    .select(["b.failed_sends", "b.unknown_count", "b.retry_kind as retrying"])
    .executeTakeFirst();
  // A paused broadcast waits for its resume, which checks the number.
  if (broadcast && broadcast.status !== "paused") {
    const { status, provider_status, status_reason } = broadcast;
    refuseNumberThatIsOut({ status: provider_status, status_reason }, status);
  }
  return broadcast;
}

function refuseWhileUnderWay(broadcast: Pick<BroadcastView, "status" | "retrying">): void {
  const { status, retrying } = broadcast;
  if (retrying === null) return;
  const message = `${underWay[retrying]} Try again in a few minutes, when that is done.`;
  throw new DomainError("conflict", message, { status, retrying });
}

/**
 * Returns whether the broadcast may have a recipient to retry; `count` have the status. A small index
 * lists those with an error's code, which nearly all of them have, and only the first ones are read:
 * an answer must not take longer with more recipients. If that doesn't tell, the slices do.
 */
async function mayHaveAny(
  trx: TenantDb,
  broadcastId: string,
  { kind, count }: { kind: RetryKind; count: number },
): Promise<boolean> {
  if (count === 0) return false;
  const first = sql`(
    select * from whatsapp_broadcast_recipients r
    where (r.broadcast_id, r.id) > (${broadcastId}::uuid, 0) and r.broadcast_id <= ${broadcastId}::uuid
      and r.error_code is not null
    order by r.broadcast_id, r.id
    limit ${lookMax}
  ) r`;
  // A deleted contact's number is gone.
  const { rows } = await sql<{ may_have_any: boolean }>`
    select case
      when exists (select from ${first}
        where r.phone <> '' and ${retryRules[kind].which(sql`clock_timestamp()`)}) then true
      else (select count(*) from ${first} where r.status = ${kind}) < ${count}::integer
    end as may_have_any
  `.execute(trx);
  return rows[0]?.may_have_any ?? false;
}

async function open(
  trx: TenantDb,
  organizationId: string,
  broadcastId: string,
  { kind, verb, present }: RetryRequest & { present: PresentContent },
): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable("whatsapp_broadcasts")
    .set({
      ...present,
      status: sql`case status when 'paused' then status else 'sending' end`,
      completed_at: null,
      failed_at: null,
      failure_reason: null,
      retry_kind: kind,
      retry_cursor: "0",
      // Not now(), the transaction's start: recipients that failed until this moment are retried.
      retry_before: sql`clock_timestamp()`,
      updated_at: sql`now()`,
    })
    .where("organization_id", "=", organizationId)
    .where("id", "=", broadcastId)
    .where("status", "in", retryable)
    .where("retry_kind", "is", null)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return;
  refuseWhileUnderWay(await fetchBroadcast(trx, organizationId, broadcastId));
  await throwWrongState(trx, organizationId, broadcastId, verb);
}

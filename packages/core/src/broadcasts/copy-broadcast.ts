import type { AuditAction } from "@loudhailer/contracts/audit-actions.ts";
import type { BroadcastView, RetargetBroadcastInput } from "@loudhailer/contracts/broadcasts.ts";
import type { SegmentGroup } from "@loudhailer/contracts/segment-criteria.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import type { TenantContext } from "../tenant-context.ts";
import { fetchBroadcast } from "./get-broadcast.ts";
import { throwWrongState } from "./wrong-state.ts";

const nameLengthMax = 200;

/**
 * Creates a draft with the same content.
 * @throws DomainError `not_found` if the organization has no such broadcast
 */
export function duplicateBroadcast(
  ctx: TenantContext,
  broadcastId: string,
): Promise<BroadcastView> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const { name } = await fetchBroadcast(trx, ctx.organizationId, broadcastId);
    return copy(trx, ctx, broadcastId, { action: "broadcast.duplicated", name: `${name} (copy)` });
  });
}

const follow = {
  not_delivered: { outcome: "delivered", suffix: "not delivered" },
  not_read: { outcome: "read", suffix: "not read" },
  not_replied: { outcome: "replied", suffix: "not replied" },
} as const;

/**
 * Creates a draft with the same content for the broadcast's recipients to whom it wasn't delivered,
 * or who didn't read it, or didn't reply. The recipients are determined when the draft is launched.
 * @throws DomainError `not_found` if the organization has no such broadcast
 * @throws DomainError `conflict` if the broadcast was never launched
 */
export function retargetBroadcast(
  ctx: TenantContext,
  broadcastId: string,
  { who, name }: RetargetBroadcastInput,
): Promise<BroadcastView> {
  const { outcome, suffix } = follow[who];
  const segment: SegmentGroup = {
    combinator: "and",
    rules: [
      {
        // "Not delivered" includes recipients never sent to; "not read" and "not replied" don't.
        field: who === "not_delivered" ? "broadcast.targeted" : "broadcast.sent",
        operator: "=",
        value: broadcastId,
      },
      { field: `broadcast.${outcome}`, operator: "!=", value: broadcastId },
    ],
  };
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const original = await fetchBroadcast(trx, ctx.organizationId, broadcastId);
    if (original.status === "draft" || original.status === "scheduled") {
      await throwWrongState(trx, ctx.organizationId, broadcastId, "followed up");
    }
    return copy(trx, ctx, broadcastId, {
      action: "broadcast.retargeted",
      name: name ?? `${original.name} (${suffix})`,
      segment,
    });
  });
}

async function copy(
  trx: TenantDb,
  ctx: TenantContext,
  broadcastId: string,
  { action, name, segment }: { action: AuditAction; name: string; segment?: SegmentGroup },
): Promise<BroadcastView> {
  const { rows } = await sql<{ id: string }>`
    insert into whatsapp_broadcasts (organization_id, name, provider_id, template_id,
      segment_criteria, variables, marketing_cap, created_by)
    select organization_id, ${name.slice(0, nameLengthMax)}, provider_id, template_id,
      ${segment === undefined ? sql`segment_criteria` : sql`${JSON.stringify(segment)}::jsonb`},
      variables, marketing_cap, ${ctx.actor.userId}::uuid
    from whatsapp_broadcasts
    where organization_id = ${ctx.organizationId} and id = ${broadcastId}
    returning id
  `.execute(trx);
  const id = rows[0]?.id ?? "";
  await recordAudit(trx, ctx, { action, targetId: id, details: { from: broadcastId } });
  return fetchBroadcast(trx, ctx.organizationId, id);
}

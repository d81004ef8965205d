import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { recordAudit } from "../audit/record-audit.ts";
import type { TenantContext } from "../tenant-context.ts";
import { fetchBroadcast } from "./get-broadcast.ts";
import { changeState } from "./wrong-state.ts";

/**
 * Turns a scheduled broadcast back into a draft.
 * @throws DomainError `not_found` if the organization has no such broadcast
 * @throws DomainError `conflict` if the broadcast isn't scheduled
 */
export function unscheduleBroadcast(
  ctx: TenantContext,
  broadcastId: string,
): Promise<BroadcastView> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    await changeState(trx, ctx.organizationId, broadcastId, {
      from: ["scheduled"],
      columns: { status: "draft", scheduled_at: null, time_zone: null },
      verb: "unscheduled",
    });
    await recordAudit(trx, ctx, { action: "broadcast.unscheduled", targetId: broadcastId });
    return fetchBroadcast(trx, ctx.organizationId, broadcastId);
  });
}

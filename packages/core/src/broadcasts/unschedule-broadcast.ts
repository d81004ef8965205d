import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import type { TenantContext } from "../tenant-context.ts";
import { fetchBroadcast } from "./get-broadcast.ts";
import { throwWrongState } from "./wrong-state.ts";

/**
 * Turns a scheduled broadcast back into a draft.
 *
 * @throws DomainError `not_found` if the organization has no such broadcast
 * @throws DomainError `conflict` if the broadcast isn't scheduled
 */
export function unscheduleBroadcast(
  ctx: TenantContext,
  broadcastId: string,
): Promise<BroadcastView> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("whatsapp_broadcasts")
      .set({ status: "draft", scheduled_at: null, time_zone: null, updated_at: sql`now()` })
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", broadcastId)
      .where("status", "=", "scheduled")
      .executeTakeFirst();
    if (numUpdatedRows === 0n) {
      await throwWrongState(trx, ctx.organizationId, broadcastId, "unscheduled");
    }
    await recordAudit(trx, ctx, { action: "broadcast.unscheduled", targetId: broadcastId });
    return fetchBroadcast(trx, ctx.organizationId, broadcastId);
  });
}

import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import type { TenantContext } from "../tenant-context.ts";
import { fetchBroadcast } from "./get-broadcast.ts";
import { throwWrongState } from "./wrong-state.ts";

/**
 * Pauses a sending broadcast: no further recipient is claimed, and messages already under way are
 * finished.
 *
 * @throws DomainError `not_found` if the organization has no such broadcast
 * @throws DomainError `conflict` if the broadcast isn't sending
 */
export function pauseBroadcast(ctx: TenantContext, broadcastId: string): Promise<BroadcastView> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("whatsapp_broadcasts")
      .set({
        status: "paused",
        pause_reason: "paused_by_operator",
        paused_at: sql`now()`,
        updated_at: sql`now()`,
      })
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", broadcastId)
      .where("status", "=", "sending")
      .executeTakeFirst();
    if (numUpdatedRows === 0n)
      await throwWrongState(trx, ctx.organizationId, broadcastId, "paused");
    await recordAudit(trx, ctx, { action: "broadcast.paused", targetId: broadcastId });
    return fetchBroadcast(trx, ctx.organizationId, broadcastId);
  });
}

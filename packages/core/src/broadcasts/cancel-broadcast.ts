import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import type { TenantContext } from "../tenant-context.ts";
import { fetchBroadcast } from "./get-broadcast.ts";
import { throwWrongState } from "./wrong-state.ts";

/**
 * For good: from now on no recipient is claimed, what is already under way is finished. The engine
 * tells those still pending (sweep-canceled-broadcasts.ts); `completedAt` is set once everybody is
 * settled. Throws `conflict` for what is a draft or has ended.
 */
export function cancelBroadcast(ctx: TenantContext, broadcastId: string): Promise<BroadcastView> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("whatsapp_broadcasts")
      .set({
        status: "canceled",
        canceled_at: sql`now()`,
        pause_reason: null,
        paused_at: null,
        updated_at: sql`now()`,
      })
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", broadcastId)
      .where("status", "in", ["scheduled", "preparing", "sending", "paused"])
      .executeTakeFirst();
    if (numUpdatedRows === 0n) {
      await throwWrongState(trx, ctx.organizationId, broadcastId, "canceled", {
        draft: "It has sent nothing: delete it instead.",
      });
    }
    await recordAudit(trx, ctx, {
      action: "broadcast.canceled",
      targetType: "broadcast",
      targetId: broadcastId,
    });
    return fetchBroadcast(trx, ctx.organizationId, broadcastId);
  });
}

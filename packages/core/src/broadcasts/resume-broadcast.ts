import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import type { TenantContext } from "../tenant-context.ts";
import { fetchBroadcast } from "./get-broadcast.ts";
import { throwWrongState } from "./wrong-state.ts";

/**
 * Goes on with those still pending. The cursor starts over, since what was in the queue during
 * the pause has left it unclaimed.
 */
export function resumeBroadcast(ctx: TenantContext, broadcastId: string): Promise<BroadcastView> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("whatsapp_broadcasts")
      .set({
        status: "sending",
        pause_reason: null,
        paused_at: null,
        feed_cursor: "0",
        updated_at: sql`now()`,
      })
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", broadcastId)
      .where("status", "=", "paused")
      .executeTakeFirst();
    if (numUpdatedRows === 0n)
      await throwWrongState(trx, ctx.organizationId, broadcastId, "resumed");
    return fetchBroadcast(trx, ctx.organizationId, broadcastId);
  });
}

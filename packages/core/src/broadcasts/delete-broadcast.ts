import { withTenant } from "@loudhailer/db/tenant.ts";
import { recordAudit } from "../audit/record-audit.ts";
import type { TenantContext } from "../tenant-context.ts";
import { throwWrongState } from "./wrong-state.ts";

/**
 * Deletes a draft or scheduled broadcast. A launched broadcast stays as part of the history.
 * @throws DomainError `not_found` if the organization has no such broadcast
 * @throws DomainError `conflict` if the broadcast was launched
 */
export function deleteBroadcast(ctx: TenantContext, broadcastId: string): Promise<void> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const { numDeletedRows } = await trx
      .deleteFrom("whatsapp_broadcasts")
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", broadcastId)
      .where("status", "in", ["draft", "scheduled"])
      .executeTakeFirst();
    if (numDeletedRows === 0n) {
      await throwWrongState(trx, ctx.organizationId, broadcastId, "deleted", {
        sending: "Cancel it to stop it.",
        paused: "Cancel it to end it.",
      });
    }
    await recordAudit(trx, ctx, { action: "broadcast.deleted", targetId: broadcastId });
  });
}

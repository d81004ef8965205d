import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import type { TenantContext } from "../tenant-context.ts";
import { fetchBroadcast } from "./get-broadcast.ts";
import { lockLaunchable } from "./lock-launchable.ts";

/**
 * Moves a draft or scheduled broadcast to `preparing`; the engine then freezes its audience and
 * sends. Of two launches at once one succeeds. A broadcast that can't be sent stays unchanged.
 * @throws DomainError `not_found` if the organization has no such broadcast
 * @throws DomainError `conflict` if the broadcast was launched before
 * @throws DomainError `invalid_input`, `broadcast_not_sendable`, or `template_not_approved` if the
 *   broadcast can't be sent (see checkContent)
 */
export function launchBroadcast(ctx: TenantContext, broadcastId: string): Promise<BroadcastView> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    await launchInTransaction(trx, ctx.organizationId, broadcastId);
    await recordAudit(trx, ctx, { action: "broadcast.launched", targetId: broadcastId });
    return fetchBroadcast(trx, ctx.organizationId, broadcastId);
  });
}

/**
 * Moves the broadcast to `preparing`. This is the only place that does so, both for a person's
 * launch and for a schedule that is due.
 * @throws DomainError `not_found`, `conflict`, or an error of checkContent, as in launchBroadcast
 */
export async function launchInTransaction(
  trx: TenantDb,
  organizationId: string,
  broadcastId: string,
): Promise<void> {
  const snapshot = await lockLaunchable(trx, organizationId, broadcastId, "launched");
  await trx
    .updateTable("whatsapp_broadcasts")
    .set({
      status: "preparing",
      template_snapshot: JSON.stringify(snapshot),
      launched_at: sql`now()`,
      updated_at: sql`now()`,
    })
    .where("organization_id", "=", organizationId)
    .where("id", "=", broadcastId)
    .execute();
}

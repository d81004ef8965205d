import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { DomainError } from "../domain-error.ts";
import { sendingAgain } from "../pauses/sending-again.ts";
import type { TenantContext } from "../tenant-context.ts";
import { refuseNumberThatIsOut } from "./check-content.ts";
import { fetchBroadcast } from "./get-broadcast.ts";
import { takePresentTemplate } from "./take-present-template.ts";
import { changeState, throwWrongState } from "./wrong-state.ts";

/**
 * Continues a paused broadcast with its pending recipients and the template's present version. If
 * the number was paused after a refusal by Meta, the operator's resume confirms that the cause is
 * fixed: the number becomes connected, and its other broadcasts stay paused.
 * @throws DomainError `not_found` if the organization has no such broadcast
 * @throws DomainError `conflict` if the broadcast isn't paused
 * @throws DomainError `broadcast_not_sendable` if the number is disconnected, or the broadcast's
 *   variables don't fit the template's present version
 * @throws DomainError `template_not_approved` if the template isn't approved
 */
export function resumeBroadcast(ctx: TenantContext, broadcastId: string): Promise<BroadcastView> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const broadcast = await trx
      .selectFrom("whatsapp_broadcasts")
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", broadcastId)
      .where("status", "=", "paused")
      .select(["provider_id", "template_id", "template_snapshot", "variables", "status"])
      .executeTakeFirst();
    if (!broadcast) return throwWrongState(trx, ctx.organizationId, broadcastId, "resumed");
    const present = await takePresentTemplate(trx, ctx.organizationId, broadcast);
    // Locks the number before the broadcast, in the same order as all other code.
    await bringNumberBack(trx, ctx.organizationId, broadcast.provider_id);
    await changeState(trx, ctx.organizationId, broadcastId, {
      from: ["paused"],
      columns: { ...sendingAgain, ...present },
      verb: "resumed",
    });
    await recordAudit(trx, ctx, { action: "broadcast.resumed", targetId: broadcastId });
    return fetchBroadcast(trx, ctx.organizationId, broadcastId);
  });
}

async function bringNumberBack(
  trx: TenantDb,
  organizationId: string,
  providerId: string,
): Promise<void> {
  const provider = await trx
    .selectFrom("whatsapp_providers")
    .where("organization_id", "=", organizationId)
    .where("id", "=", providerId)
    .select(["status", "status_reason"])
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!provider) throw new DomainError("not_found", "There is no such WhatsApp number.");
  if (provider.status === "connected") return;
  if (provider.status === "disconnected") refuseNumberThatIsOut(provider, "paused");
  await trx
    .updateTable("whatsapp_providers")
    .set({ status: "connected", status_reason: null, updated_at: sql`now()` })
    .where("organization_id", "=", organizationId)
    .where("id", "=", providerId)
    .execute();
}

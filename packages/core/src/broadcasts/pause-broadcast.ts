import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import type { TenantContext } from "../tenant-context.ts";
import { fetchBroadcast } from "./get-broadcast.ts";
import { changeState } from "./wrong-state.ts";

/**
 * Pauses a sending broadcast: no further recipient is claimed, and messages already under way are
 * finished.
 * @throws DomainError `not_found` if the organization has no such broadcast
 * @throws DomainError `conflict` if the broadcast isn't sending
 */
export function pauseBroadcast(ctx: TenantContext, broadcastId: string): Promise<BroadcastView> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    await changeState(trx, ctx.organizationId, broadcastId, {
      from: ["sending"],
      columns: {
        status: "paused",
        pause_reason: "paused_by_operator",
        paused_at: sql`now()`,
      },
      verb: "paused",
    });
    await recordAudit(trx, ctx, { action: "broadcast.paused", targetId: broadcastId });
    return fetchBroadcast(trx, ctx.organizationId, broadcastId);
  });
}

import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import type { TenantContext } from "../tenant-context.ts";
import { fetchBroadcast } from "./get-broadcast.ts";
import { noRetry } from "./retry-recipients.ts";
import { changeState } from "./wrong-state.ts";

/**
 * Cancels the broadcast permanently: no further recipient is claimed, and messages already under
 * way are finished. An open retry ends. The engine's sweep then cancels the pending recipients and sets `completedAt`
 * once every recipient is settled.
 * @throws DomainError `not_found` if the organization has no such broadcast
 * @throws DomainError `conflict` if the broadcast is a draft or has ended
 */
export function cancelBroadcast(ctx: TenantContext, broadcastId: string): Promise<BroadcastView> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    await changeState(trx, ctx.organizationId, broadcastId, {
      from: ["scheduled", "preparing", "sending", "paused"],
      columns: {
        status: "canceled",
        canceled_at: sql`now()`,
        pause_reason: null,
        paused_at: null,
        ...noRetry,
      },
      verb: "canceled",
      advice: { draft: "It has sent nothing: delete it instead." },
    });
    await recordAudit(trx, ctx, { action: "broadcast.canceled", targetId: broadcastId });
    return fetchBroadcast(trx, ctx.organizationId, broadcastId);
  });
}

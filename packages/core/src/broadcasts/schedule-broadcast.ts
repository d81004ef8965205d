import type { BroadcastView, ScheduleBroadcastInput } from "@loudhailer/contracts/broadcasts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import type { TenantContext } from "../tenant-context.ts";
import { fetchBroadcast } from "./get-broadcast.ts";
import { lockLaunchable } from "./lock-launchable.ts";
import { readSchedule } from "./read-schedule.ts";

/**
 * Schedules a draft for `scheduledAt`, or reschedules a scheduled broadcast. The engine launches it
 * within a second of that moment, or as soon as it starts if it was down then. If that is later than
 * the organization's grace, the broadcast waits for a person. The content is checked now, and again
 * when the broadcast is due.
 * @throws DomainError `invalid_input` if the moment is invalid or in the past (see readSchedule)
 * @throws DomainError `not_found` if the organization has no such broadcast
 * @throws DomainError `conflict` if the broadcast was launched
 * @throws DomainError `invalid_input`, `broadcast_not_sendable`, or `template_not_approved` if the
 *   broadcast can't be sent (see checkContent)
 */
export function scheduleBroadcast(
  ctx: TenantContext,
  broadcastId: string,
  input: ScheduleBroadcastInput,
): Promise<BroadcastView> {
  const { scheduledAt, timeZone } = readSchedule(input, "Launch the broadcast to send it now.");
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    await lockLaunchable(trx, ctx.organizationId, broadcastId, "scheduled");
    await trx
      .updateTable("whatsapp_broadcasts")
      .set({
        status: "scheduled",
        scheduled_at: scheduledAt,
        time_zone: timeZone,
        updated_at: sql`now()`,
      })
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", broadcastId)
      .execute();
    await recordAudit(trx, ctx, {
      action: "broadcast.scheduled",
      targetId: broadcastId,
      details: { scheduledAt },
    });
    return fetchBroadcast(trx, ctx.organizationId, broadcastId);
  });
}

import type { BroadcastView, CreateBroadcastInput } from "@loudhailer/contracts/broadcasts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { recordAudit } from "../audit/record-audit.ts";
import type { TenantContext } from "../tenant-context.ts";
import { checkContent, checkDraft, type BroadcastContent } from "./check-content.ts";
import { fetchBroadcast } from "./get-broadcast.ts";
import { readSchedule } from "./read-schedule.ts";

/**
 * Creates a draft, or a scheduled broadcast if `scheduledAt` is set; nothing is sent yet. With
 * `draft: true` the content may be incomplete, and checkDraft checks what is given.
 * @throws DomainError `invalid_input`, `broadcast_not_sendable`, or `template_not_approved` if the
 *   broadcast can't be sent (see checkContent)
 * @throws DomainError `invalid_input` if the schedule is invalid or in the past (see readSchedule)
 */
export function createBroadcast(
  ctx: TenantContext,
  input: CreateBroadcastInput,
): Promise<BroadcastView> {
  const schedule =
    "scheduledAt" in input && input.scheduledAt !== undefined
      ? readSchedule(
          { scheduledAt: input.scheduledAt, timeZone: input.timeZone },
          "Leave it out and launch the broadcast to send it now.",
        )
      : null;
  const { providerId = null, templateId = null, segmentCriteria = null, variables } = input;
  const content: BroadcastContent = { providerId, templateId, segmentCriteria, variables };
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    if (input.draft === true) await checkDraft(trx, ctx.organizationId, content);
    else await checkContent(trx, ctx.organizationId, content);
    const { id } = await trx
      .insertInto("whatsapp_broadcasts")
      .values({
        organization_id: ctx.organizationId,
        name: input.name,
        provider_id: providerId,
        template_id: templateId,
        segment_criteria: segmentCriteria === null ? null : JSON.stringify(segmentCriteria),
        variables: JSON.stringify(variables),
        status: schedule === null ? "draft" : "scheduled",
        scheduled_at: schedule?.scheduledAt ?? null,
        time_zone: schedule?.timeZone ?? null,
        marketing_cap: input.marketingCap,
        created_by: ctx.actor.userId,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    await recordAudit(trx, ctx, { action: "broadcast.created", targetId: id });
    return fetchBroadcast(trx, ctx.organizationId, id);
  });
}

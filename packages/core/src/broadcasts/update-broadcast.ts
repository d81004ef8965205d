import type { BroadcastView, UpdateBroadcastInput } from "@loudhailer/contracts/broadcasts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { invalidField } from "../invalid-field.ts";
import type { TenantContext } from "../tenant-context.ts";
import { checkContent, checkDraft } from "./check-content.ts";
import { fetchBroadcast } from "./get-broadcast.ts";
import { readSchedule } from "./read-schedule.ts";
import { throwWrongState } from "./wrong-state.ts";

/**
 * Changes the given fields of a draft or scheduled broadcast. A `scheduledAt` schedules it, and
 * null turns it back into a draft. The resulting content must be sendable, unless it is a draft and
 * `draft` is true: checkDraft then checks it.
 * @throws DomainError `not_found` if the organization has no such broadcast
 * @throws DomainError `conflict` if the broadcast was launched
 * @throws DomainError `invalid_input`, `broadcast_not_sendable`, or `template_not_approved` if the
 *   broadcast can't be sent (see checkContent)
 * @throws DomainError `invalid_input` if the schedule is invalid or in the past (see readSchedule)
 */
export function updateBroadcast(
  ctx: TenantContext,
  broadcastId: string,
  input: UpdateBroadcastInput,
): Promise<BroadcastView> {
  const schedule = scheduleAfter(input);
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const before = await trx
      .selectFrom("whatsapp_broadcasts")
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", broadcastId)
      .where("status", "in", ["draft", "scheduled"])
      .selectAll()
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!before) return throwWrongState(trx, ctx.organizationId, broadcastId, "changed");
    const status = schedule?.status ?? before.status;
    const content = {
      providerId: input.providerId === undefined ? before.provider_id : input.providerId,
      templateId: input.templateId === undefined ? before.template_id : input.templateId,
      segmentCriteria:
        input.segmentCriteria === undefined ? before.segment_criteria : input.segmentCriteria,
      variables: input.variables ?? before.variables,
    };
    if (input.draft === true && status === "draft") {
      await checkDraft(trx, ctx.organizationId, content);
    } else {
      await checkContent(trx, ctx.organizationId, { ...content, status: before.status });
    }
    await trx
      .updateTable("whatsapp_broadcasts")
      .set({
        ...(input.name !== undefined && { name: input.name }),
        provider_id: content.providerId,
        template_id: content.templateId,
        segment_criteria:
          content.segmentCriteria === null ? null : JSON.stringify(content.segmentCriteria),
        variables: JSON.stringify(content.variables),
        ...(input.marketingCap !== undefined && { marketing_cap: input.marketingCap }),
        ...schedule,
        updated_at: sql`now()`,
      })
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", broadcastId)
      .execute();
    await recordAudit(trx, ctx, {
      action: "broadcast.updated",
      targetId: broadcastId,
      details: { changed: Object.keys(input) },
    });
    return fetchBroadcast(trx, ctx.organizationId, broadcastId);
  });
}

function scheduleAfter({ scheduledAt, timeZone }: UpdateBroadcastInput) {
  if (scheduledAt === undefined) {
    if (timeZone === undefined) return null;
    throw invalidField("timeZone", "goes with a scheduledAt");
  }
  if (scheduledAt === null)
    return { status: "draft" as const, scheduled_at: null, time_zone: null };
  const read = readSchedule({ scheduledAt, timeZone }, "Launch the broadcast to send it now.");
  return {
    status: "scheduled" as const,
    scheduled_at: read.scheduledAt,
    time_zone: read.timeZone,
  };
}

import type { BroadcastView, CreateBroadcastInput } from "@loudhailer/contracts/broadcasts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import type { TenantContext } from "../tenant-context.ts";
import { checkContent } from "./check-content.ts";
import { fetchBroadcast } from "./get-broadcast.ts";
import { refusePast } from "./refuse-past.ts";

/**
 * A draft, or with `scheduledAt` a scheduled broadcast; nothing is sent yet. Throws a DomainError
 * that names what keeps it from being sent.
 */
export function createBroadcast(
  ctx: TenantContext,
  input: CreateBroadcastInput,
): Promise<BroadcastView> {
  if (input.scheduledAt !== undefined) {
    refusePast(input.scheduledAt, "Leave it out and launch the broadcast to send it now.");
  }
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    await checkContent(trx, ctx.organizationId, input);
    const { id } = await trx
      .insertInto("whatsapp_broadcasts")
      .values({
        organization_id: ctx.organizationId,
        name: input.name,
        provider_id: input.providerId,
        template_id: input.templateId,
        segment_criteria: JSON.stringify(input.segmentCriteria),
        variables: JSON.stringify(input.variables),
        status: input.scheduledAt === undefined ? "draft" : "scheduled",
        scheduled_at: input.scheduledAt ?? null,
        marketing_cap: input.marketingCap,
        created_by: ctx.actor.userId,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    return fetchBroadcast(trx, ctx.organizationId, id);
  });
}

import type { TemplateSnapshot } from "@loudhailer/db/database.ts";
import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { checkContent } from "./check-content.ts";
import { throwWrongState } from "./wrong-state.ts";

/**
 * Locks a draft or scheduled broadcast and checks that it can be sent. Returns a snapshot of its
 * template.
 * @throws DomainError `not_found` if the organization has no such broadcast
 * @throws DomainError `conflict` if it has another status, so that it can't be `verb`
 * @throws DomainError as checkContent does, if it can't be sent
 */
export async function lockLaunchable(
  trx: TenantDb,
  organizationId: string,
  broadcastId: string,
  verb: "launched" | "scheduled",
): Promise<TemplateSnapshot> {
  const broadcast = await trx
    .selectFrom("whatsapp_broadcasts")
    .where("organization_id", "=", organizationId)
    .where("id", "=", broadcastId)
    .where("status", "in", ["draft", "scheduled"])
    .select(["provider_id", "template_id", "segment_criteria", "variables", "status"])
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!broadcast) return throwWrongState(trx, organizationId, broadcastId, verb);
  return checkContent(trx, organizationId, {
    providerId: broadcast.provider_id,
    templateId: broadcast.template_id,
    segmentCriteria: broadcast.segment_criteria,
    variables: broadcast.variables,
    status: broadcast.status,
  });
}

import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { isTokenReason } from "./describe-reason.ts";
import { pauseForEdit } from "./pause-for-edit.ts";
import { sendingAgain } from "./sending-again.ts";

/**
 * Resumes the broadcasts that were paused because of the number's token, now that a new one works.
 * They continue where they stopped; broadcasts paused for other reasons stay paused, and so do those
 * whose template was edited meanwhile, now for that reason. Call it in the transaction that updated
 * the number's row, so that the number is locked before its broadcasts, and after `holdTemplates`.
 */
export async function resumeAfterNewToken(
  trx: TenantDb,
  organizationId: string,
  providerId: string,
): Promise<void> {
  const paused = await trx
    .selectFrom("whatsapp_broadcasts")
    .where("organization_id", "=", organizationId)
    .where("provider_id", "=", providerId)
    .where("status", "=", "paused")
    .select(["id", "pause_reason", "template_id"])
    .orderBy("id")
    .forNoKeyUpdate()
    .execute();
  const ids = paused
    .filter(({ pause_reason }) => pause_reason !== null && isTokenReason(pause_reason))
    .map(({ id }) => id);
  if (ids.length === 0) return;
  await trx
    .updateTable("whatsapp_broadcasts")
    .set(sendingAgain)
    .where("organization_id", "=", organizationId)
    .where("id", "in", ids)
    .execute();
  const templateIds = new Set(paused.map(({ template_id }) => template_id));
  // No person has seen the new text yet, and one must decide.
  await pauseForEdit(trx, organizationId, [...templateIds]);
}

/**
 * Holds the templates of the number's paused broadcasts until the transaction ends. An edit that
 * comes now waits, and then finds the resumed broadcasts sending.
 */
export async function holdTemplates(
  trx: TenantDb,
  organizationId: string,
  providerId: string,
): Promise<void> {
  await trx
    .selectFrom("whatsapp_templates")
    .where("organization_id", "=", organizationId)
    .where("id", "in", (query) =>
      query
        .selectFrom("whatsapp_broadcasts")
        .where("organization_id", "=", organizationId)
        .where("provider_id", "=", providerId)
        .where("status", "=", "paused")
        .select("template_id"),
    )
    .orderBy("id")
    .select("id")
    .forShare()
    .execute();
}

import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { isTokenReason } from "./describe-reason.ts";
import { sendingAgain } from "./sending-again.ts";

/**
 * Resumes the broadcasts that were paused because of the number's token, now that a new one works.
 * They continue where they stopped; broadcasts paused for other reasons stay paused. Call it in the
 * transaction that updated the number's row, so that the number is locked before its broadcasts.
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
    .select(["id", "pause_reason"])
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
}

import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { isTokenReason } from "./describe-reason.ts";
import { sendingAgain } from "./sending-again.ts";

/**
 * The number's token works again: broadcasts that were paused for it go on by themselves, where
 * they stopped. Those paused for anything else stay. Call it in the transaction that has updated
 * the number's row, which locks it first.
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

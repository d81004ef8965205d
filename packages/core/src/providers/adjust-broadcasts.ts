import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { pauseForQuality } from "../pauses/pause-for-quality.ts";
import { holdTemplates, resumeAfterNewToken } from "../pauses/resume-after-new-token.ts";
import type { ProviderRow } from "./provider-view.ts";

/**
 * Applies Meta's answers about a number to its broadcasts. Resumes broadcasts paused for its token
 * if it is connected. Pauses marketing broadcasts if its quality rating turned RED. Must run in the
 * transaction that has updated the number's row.
 */
export async function adjustBroadcasts(
  trx: TenantDb,
  before: ProviderRow,
  after: ProviderRow,
): Promise<void> {
  const { organization_id: organizationId, id: providerId } = after;
  const isRedNow = after.quality_rating === "RED" && before.quality_rating !== "RED";
  // An edit locks its template before the broadcasts.
  if (after.status === "connected") await holdTemplates(trx, organizationId, providerId);
  if (isRedNow) await lockBroadcasts(trx, organizationId, providerId);
  if (after.status === "connected") await resumeAfterNewToken(trx, organizationId, providerId);
  if (isRedNow) await pauseForQuality(trx, { organizationId, providerId });
}

// Resuming and pausing each lock some broadcasts. Locking all of them first keeps one lock order.
async function lockBroadcasts(
  trx: TenantDb,
  organizationId: string,
  providerId: string,
): Promise<void> {
  await trx
    .selectFrom("whatsapp_broadcasts")
    .where("organization_id", "=", organizationId)
    .where("provider_id", "=", providerId)
    .where("status", "in", ["sending", "paused"])
    .select("id")
    .orderBy("id")
    .forNoKeyUpdate()
    .execute();
}

import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { pauseForQuality } from "../pauses/pause-for-quality.ts";
import { resumeAfterNewToken } from "../pauses/resume-after-new-token.ts";
import type { ProviderRow } from "./provider-view.ts";

/**
 * What Meta's answers about a number mean for its broadcasts: connected, those that were paused for
 * its token go on; come to be rated RED, those of marketing are paused. In the transaction that has
 * updated the number's row.
 */
export async function adjustBroadcasts(
  trx: TenantDb,
  before: ProviderRow,
  after: ProviderRow,
): Promise<void> {
  const { organization_id: organizationId, id: providerId } = after;
  const isRedNow = after.quality_rating === "RED" && before.quality_rating !== "RED";
  if (isRedNow) await lockBroadcasts(trx, organizationId, providerId);
  if (after.status === "connected") await resumeAfterNewToken(trx, organizationId, providerId);
  if (isRedNow) await pauseForQuality(trx, { organizationId, providerId });
}

// Going on and pausing lock some each: all at once first, or their order could be wrong.
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

import type { ProviderDetail } from "@loudhailer/contracts/providers.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { fetchProvider } from "./fetch-provider.ts";
import { messagingLimitUsed } from "./messaging-limit.ts";
import type { ProviderViewContext } from "./provider-context.ts";
import { toProviderView } from "./provider-view.ts";

/**
 * Returns the number with the used part of its messaging limit.
 * @throws DomainError `not_found` if the number doesn't exist or is another organization's
 */
export async function getProvider(
  ctx: ProviderViewContext,
  providerId: string,
): Promise<ProviderDetail> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const row = await fetchProvider(trx, ctx.organizationId, providerId);
    return {
      ...toProviderView(row, ctx.webhookUrl),
      messagingLimitUsed: await messagingLimitUsed(trx, providerId),
    };
  });
}

import type { ProviderDetail } from "@loudhailer/contracts/providers.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { DomainError } from "../domain-error.ts";
import { messagingLimitUsed } from "./messaging-limit.ts";
import type { ProviderViewContext } from "./provider-context.ts";
import { toProviderView, type ProviderRow } from "./provider-view.ts";

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

/**
 * Returns the whole row, including its encrypted secrets.
 * @throws DomainError `not_found` if the organization has no such number
 */
export async function fetchProvider(
  trx: TenantDb,
  organizationId: string,
  providerId: string,
): Promise<ProviderRow> {
  const row = await trx
    .selectFrom("whatsapp_providers")
    .selectAll()
    .where("organization_id", "=", organizationId)
    .where("id", "=", providerId)
    .executeTakeFirst();
  if (row === undefined) throw new DomainError("not_found", "There is no such WhatsApp number.");
  return row;
}

import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { invalidField } from "../invalid-field.ts";
import type { ProviderRow } from "./provider-view.ts";

/**
 * Returns the number that a body's `providerId` names.
 * @throws DomainError `invalid_input` if the organization has no such number
 */
export async function fetchNumber(
  trx: TenantDb,
  organizationId: string,
  providerId: string,
): Promise<ProviderRow> {
  const provider = await trx
    .selectFrom("whatsapp_providers")
    .where("organization_id", "=", organizationId)
    .where("id", "=", providerId)
    .selectAll()
    .executeTakeFirst();
  if (!provider) throw invalidField("providerId", "names no WhatsApp number of yours");
  return provider;
}

import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { invalidField } from "../invalid-field.ts";
import type { ProviderRow } from "./provider-view.ts";

/** The number that a body's `providerId` names. Throws `invalid_input` for one that is not the organization's. */
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

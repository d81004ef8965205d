import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { DomainError } from "../domain-error.ts";
import type { ProviderContext } from "../providers/provider-context.ts";
import { decryptAccessToken } from "../secrets/decrypt-access-token.ts";

/** One of the organization's numbers in a WABA, whose token gives access to the WABA. */
export interface AccountAccess {
  providerId: string;
  wabaId: string;
  phoneNumberId: string;
  accessToken: string;
}

/**
 * Returns the access to a WABA through one of its numbers, if possible one that isn't disconnected.
 * @throws DomainError `conflict` if the organization has no number in the WABA anymore, or its
 *   access token can't be decrypted
 */
export async function accessToAccount(
  trx: TenantDb,
  { organizationId, keyring }: ProviderContext,
  wabaId: string,
): Promise<AccountAccess> {
  const provider = await trx
    .selectFrom("whatsapp_providers")
    .select(["id", "phone_number_id", "access_token"])
    .where("organization_id", "=", organizationId)
    .where("waba_id", "=", wabaId)
    .where("moved_at", "is", null)
    .orderBy((eb) => eb("status", "=", "disconnected"))
    .orderBy("created_at")
    .limit(1)
    .executeTakeFirst();
  if (!provider) {
    throw new DomainError(
      "conflict",
      "No number of this template's account is connected any more: connect one first.",
    );
  }
  return {
    providerId: provider.id,
    wabaId,
    phoneNumberId: provider.phone_number_id,
    accessToken: decryptAccessToken(keyring, provider.access_token),
  };
}

import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { DomainError } from "../domain-error.ts";
import { invalidField } from "../invalid-field.ts";
import { describeReason } from "../pauses/describe-reason.ts";
import type { ProviderRow } from "./provider-view.ts";

/**
 * Returns the whole row, including its encrypted secrets.
 * @throws DomainError `not_found` if the organization has no such number
 */
export async function fetchProvider(
  trx: TenantDb,
  organizationId: string,
  providerId: string,
): Promise<ProviderRow> {
  const provider = await findProvider(trx, organizationId, providerId);
  if (!provider) throw new DomainError("not_found", "There is no such WhatsApp number.");
  return provider;
}

/**
 * Returns the whole row of the number that a body's `providerId` names.
 * @throws DomainError `invalid_input` if the organization has no such number
 */
export async function fetchNamedProvider(
  trx: TenantDb,
  organizationId: string,
  providerId: string,
): Promise<ProviderRow> {
  const provider = await findProvider(trx, organizationId, providerId);
  if (!provider) throw invalidField("providerId", "names no WhatsApp number of yours");
  return provider;
}

/**
 * Checks that the number is still the organization's.
 * @throws DomainError `conflict` if another organization has connected it
 */
export function refuseMoved({ moved_at: movedAt }: Pick<ProviderRow, "moved_at">): void {
  if (movedAt === null) return;
  throw new DomainError("conflict", describeReason("number_moved"), { reason: "number_moved" });
}

function findProvider(
  trx: TenantDb,
  organizationId: string,
  providerId: string,
): Promise<ProviderRow | undefined> {
  return trx
    .selectFrom("whatsapp_providers")
    .where("organization_id", "=", organizationId)
    .where("id", "=", providerId)
    .selectAll()
    .executeTakeFirst();
}

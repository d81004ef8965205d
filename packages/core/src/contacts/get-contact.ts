import type { ContactDetails } from "@loudhailer/contracts/contacts.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { contactColumns, toContact } from "./to-contact.ts";

const consentsMax = 100;

/**
 * Returns a contact with its latest consents.
 * @throws DomainError `not_found` if the organization has no such contact
 */
export function getContact(ctx: TenantContext, id: string): Promise<ContactDetails> {
  return withTenant(ctx.db, ctx.organizationId, (trx) => fetchContact(trx, ctx.organizationId, id));
}

/**
 * Does the same as `getContact` inside a transaction.
 * @throws DomainError `not_found` if the organization has no such contact
 */
export async function fetchContact(
  trx: TenantDb,
  organizationId: string,
  id: string,
): Promise<ContactDetails> {
  const row = await trx
    .selectFrom("contacts")
    .select([...contactColumns, "whatsapp_user_id"])
    .where("organization_id", "=", organizationId)
    .where("id", "=", id)
    .executeTakeFirst();
  if (row === undefined) throw new DomainError("not_found", "There is no such contact.");
  return {
    ...toContact(row),
    whatsappUserId: row.whatsapp_user_id,
    consents: await listConsents(trx, organizationId, id),
  };
}

async function listConsents(
  trx: TenantDb,
  organizationId: string,
  contactId: string,
): Promise<ContactDetails["consents"]> {
  const rows = await trx
    .selectFrom("contact_consents")
    .where("organization_id", "=", organizationId)
    .where("contact_id", "=", contactId)
    .select(["consent", "source", "happened_at"])
    .orderBy("id", "desc")
    .limit(consentsMax)
    .execute();
  return rows.map(({ consent, source, happened_at: happenedAt }) => ({
    consent,
    source,
    happenedAt: happenedAt.toISOString(),
  }));
}

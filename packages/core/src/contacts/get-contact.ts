import type { Contact } from "@loudhailer/contracts/contacts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { contactColumns, toContact } from "./to-contact.ts";

/** Throws `not_found`. */
export async function getContact(ctx: TenantContext, id: string): Promise<Contact> {
  // 18 digits at most are a bigint for certain.
  const row = /^\d{1,18}$/.test(id)
    ? await withTenant(ctx.db, ctx.organizationId, (trx) =>
        trx
          .selectFrom("contacts")
          .select(contactColumns)
          .where("organization_id", "=", ctx.organizationId)
          .where("id", "=", id)
          .executeTakeFirst(),
      )
    : undefined;
  if (row === undefined) throw new DomainError("not_found", "There is no such contact.");
  return toContact(row);
}

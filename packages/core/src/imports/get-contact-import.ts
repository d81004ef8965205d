import type { ContactImport } from "@loudhailer/contracts/contact-imports.ts";
import { uuid } from "@loudhailer/contracts/scalars.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { toContactImport } from "./to-contact-import.ts";

/**
 * Returns an import with its counts so far.
 *
 * @throws DomainError `not_found` if the organization has no such import
 */
export async function getContactImport(ctx: TenantContext, id: string): Promise<ContactImport> {
  const found = uuid.safeParse(id).success
    ? await withTenant(ctx.db, ctx.organizationId, (trx) =>
        trx
          .selectFrom("contact_imports")
          .selectAll()
          .where("organization_id", "=", ctx.organizationId)
          .where("id", "=", id)
          .executeTakeFirst(),
      )
    : undefined;
  if (found === undefined) throw new DomainError("not_found", "There is no such contact import.");
  return toContactImport(found);
}

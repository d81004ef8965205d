import type { ContactImport } from "@loudhailer/contracts/contact-imports.ts";
import { uuid } from "@loudhailer/contracts/scalars.ts";
import type { ContactImportsTable } from "@loudhailer/db/database.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import type { Selectable } from "kysely";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { toContactImport } from "./to-contact-import.ts";

/**
 * Returns an import with its counts so far.
 * @throws DomainError `not_found` if the organization has no such import
 */
export async function getContactImport(ctx: TenantContext, id: string): Promise<ContactImport> {
  const row = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    fetchContactImport(trx, ctx.organizationId, id),
  );
  return toContactImport(row);
}

/**
 * Returns an import's row inside a transaction.
 * @throws DomainError `not_found` if the organization has no such import
 */
export async function fetchContactImport(
  trx: TenantDb,
  organizationId: string,
  id: string,
): Promise<Selectable<ContactImportsTable>> {
  const found = uuid.safeParse(id).success
    ? await trx
        .selectFrom("contact_imports")
        .selectAll()
        .where("organization_id", "=", organizationId)
        .where("id", "=", id)
        .executeTakeFirst()
    : undefined;
  if (!found) throw new DomainError("not_found", "There is no such contact import.");
  return found;
}

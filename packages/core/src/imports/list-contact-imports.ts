import type { ContactImport } from "@loudhailer/contracts/contact-imports.ts";
import type { Page, PageQuery } from "@loudhailer/contracts/pagination.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { afterCursor } from "../id-cursor.ts";
import type { TenantContext } from "../tenant-context.ts";
import { pageByIds } from "../to-page.ts";
import { toContactImport } from "./to-contact-import.ts";

/**
 * Returns imports, newest first.
 * @throws DomainError `invalid_input` if the cursor isn't an import's id
 */
export async function listContactImports(
  ctx: TenantContext,
  { limit, cursor }: PageQuery,
): Promise<Page<ContactImport>> {
  const found = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    trx
      .selectFrom("contact_imports")
      .selectAll()
      .where("organization_id", "=", ctx.organizationId)
      .where(afterCursor(ctx, cursor, "contact_imports", ["created_at", "id"], "desc"))
      .orderBy("created_at", "desc")
      .orderBy("id", "desc")
      .limit(limit + 1)
      .execute(),
  );
  return pageByIds(found, limit, toContactImport);
}

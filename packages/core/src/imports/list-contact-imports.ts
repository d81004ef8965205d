import type { ContactImport } from "@loudhailer/contracts/contact-imports.ts";
import type { Page, PageQuery } from "@loudhailer/contracts/pagination.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { pageByIds, parseIdCursor } from "../id-cursor.ts";
import type { TenantContext } from "../tenant-context.ts";
import { toContactImport } from "./to-contact-import.ts";

/**
 * Returns imports, newest first.
 *
 * @throws DomainError `invalid_input` if the cursor isn't an import's id
 */
export async function listContactImports(
  ctx: TenantContext,
  { limit, cursor }: PageQuery,
): Promise<Page<ContactImport>> {
  const after = cursor === undefined ? undefined : parseIdCursor(cursor);
  const found = await withTenant(ctx.db, ctx.organizationId, (trx) => {
    const query = trx
      .selectFrom("contact_imports")
      .selectAll()
      .where("organization_id", "=", ctx.organizationId)
      .orderBy("created_at", "desc")
      .orderBy("id", "desc")
      .limit(limit + 1);
    if (after === undefined) return query.execute();
    return query
      .where(
        sql<boolean>`(created_at, id) < (
          select created_at, id from contact_imports
          where organization_id = ${ctx.organizationId} and id = ${after}
        )`,
      )
      .execute();
  });
  const { rows, nextCursor } = pageByIds(found, limit);
  return { items: rows.map(toContactImport), nextCursor };
}

import type { Page } from "@loudhailer/contracts/pagination.ts";
import type { ListTemplatesInput, TemplateView } from "@loudhailer/contracts/templates.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { escapeLike } from "../contacts/search-condition.ts";
import { afterCursor } from "../id-cursor.ts";
import type { TenantContext } from "../tenant-context.ts";
import { pageByIds } from "../to-page.ts";
import { toTemplateView } from "./template-view.ts";

/**
 * Returns templates ordered by name and language, without those removed at Meta.
 * @throws DomainError `invalid_input` if the cursor isn't a template's id
 */
export async function listTemplates(
  ctx: TenantContext,
  { limit, cursor, status, category, language, search }: ListTemplatesInput,
): Promise<Page<TemplateView>> {
  const found = await withTenant(ctx.db, ctx.organizationId, (trx) => {
    let query = trx
      .selectFrom("whatsapp_templates")
      .selectAll()
      .where("organization_id", "=", ctx.organizationId)
      .where("removed_at", "is", null)
      .where(afterCursor(ctx, cursor, "whatsapp_templates", ["name", "language", "id"], "asc"))
      .orderBy("name")
      .orderBy("language")
      .orderBy("id")
      .limit(limit + 1);
    if (status !== undefined) query = query.where("status", "=", status.toUpperCase());
    if (category !== undefined) query = query.where("category", "=", category.toUpperCase());
    if (language !== undefined) query = query.where("language", "=", language.replace("-", "_"));
    if (search !== undefined) query = query.where("name", "ilike", `%${escapeLike(search)}%`);
    return query.execute();
  });
  return pageByIds(found, limit, toTemplateView);
}

import type { TemplateView } from "@loudhailer/contracts/templates.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { toTemplateView, type TemplateRow } from "./template-view.ts";

/**
 * Returns a template, including one that was removed at Meta.
 * @throws DomainError `not_found` if the organization has no such template
 */
export async function getTemplate(ctx: TenantContext, templateId: string): Promise<TemplateView> {
  const row = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    fetchTemplateRow(trx, ctx.organizationId, templateId),
  );
  return toTemplateView(row);
}

/**
 * Returns a template's row inside a transaction.
 * @throws DomainError `not_found` if the organization has no such template
 */
export async function fetchTemplateRow(
  trx: TenantDb,
  organizationId: string,
  templateId: string,
): Promise<TemplateRow> {
  const row = await trx
    .selectFrom("whatsapp_templates")
    .selectAll()
    .where("organization_id", "=", organizationId)
    .where("id", "=", templateId)
    .executeTakeFirst();
  if (row === undefined) throw new DomainError("not_found", "There is no such template.");
  return row;
}

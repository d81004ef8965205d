import type { TemplateView } from "@loudhailer/contracts/templates.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { toTemplateView, type TemplateRow } from "./template-view.ts";

/** Also one that is gone at Meta. Throws `not_found`, too for another organization's. */
export async function getTemplate(ctx: TenantContext, templateId: string): Promise<TemplateView> {
  const row = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    fetchTemplateRow(trx, ctx.organizationId, templateId),
  );
  return toTemplateView(row);
}

/** Throws `not_found`. */
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

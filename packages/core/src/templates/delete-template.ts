import { withTenant } from "@loudhailer/db/tenant.ts";
import { GraphError } from "@loudhailer/whatsapp/graph-error.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import type { ProviderContext } from "../providers/provider-context.ts";
import { templateRefusal } from "./refuse-template.ts";
import { templateToChange } from "./template-to-change.ts";

/** Meta's error subcode for a template that doesn't exist. */
const notFoundAtMeta = 2593002;

/**
 * Deletes a template in its language at Meta, which blocks an approved template's name for 30 days.
 * The row stays, marked as removed, for the broadcasts that were sent with it.
 * @throws DomainError `not_found` if the organization has no such template
 * @throws DomainError `conflict` if broadcasts use it, it is removed already, or the WABA can't be
 *   accessed
 * @throws DomainError `refused_by_meta` or `meta_unavailable` if Meta doesn't confirm the deletion
 */
export async function deleteTemplate(ctx: ProviderContext, templateId: string): Promise<void> {
  const { row, access } = await templateToChange(ctx, templateId);
  try {
    await ctx.graph.deleteTemplate({
      ...access,
      name: row.name,
      templateId: row.meta_template_id,
    });
  } catch (error) {
    const isAlreadyDeleted =
      error instanceof GraphError && error.failure.subcode === notFoundAtMeta;
    if (!isAlreadyDeleted) throw templateRefusal(error);
  }
  await withTenant(ctx.db, ctx.organizationId, async (trx) => {
    await trx
      .updateTable("whatsapp_templates")
      .set({ removed_at: sql`now()`, synced_at: sql`now()`, updated_at: sql`now()` })
      .where("organization_id", "=", ctx.organizationId)
      .where("id", "=", templateId)
      .execute();
    await recordAudit(trx, ctx, {
      action: "template.deleted",
      targetId: templateId,
      details: { name: row.name, language: row.language },
    });
  });
}

import { withTenant } from "@loudhailer/db/tenant.ts";
import { GraphError } from "@loudhailer/whatsapp/graph-error.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import type { ProviderContext } from "../providers/provider-context.ts";
import { templateRefusal } from "./refuse-template.ts";
import { templateToChange } from "./template-to-change.ts";

/** Meta's subcode for a template that it doesn't have. */
const notFoundAtMeta = 2593002;

/**
 * Deletes a template in its language at Meta, which blocks an approved one's name for 30 days. Here
 * it stays, marked, for the broadcasts that were sent with it. Throws `not_found`, `conflict` while
 * broadcasts send with it or where it is gone already, `refused_by_meta`, `meta_unavailable`.
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
    const isAway = error instanceof GraphError && error.failure.subcode === notFoundAtMeta;
    if (!isAway) throw templateRefusal(error);
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
      targetType: "template",
      targetId: templateId,
      details: { name: row.name, language: row.language },
    });
  });
}

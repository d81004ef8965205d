import type { TemplateView, UpdateTemplateInput } from "@loudhailer/contracts/templates.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import type { GraphTemplate } from "@loudhailer/whatsapp/graph-objects.ts";
import { recordAudit } from "../audit/record-audit.ts";
import { pauseForEdit } from "../pauses/pause-for-edit.ts";
import type { ProviderContext } from "../providers/provider-context.ts";
import { refuseWrongTemplate, templateRefusal } from "./refuse-template.ts";
import { saveTemplate } from "./save-template.ts";
import { templateToChange } from "./template-to-change.ts";
import { toTemplateView, type TemplateRow } from "./template-view.ts";

/**
 * Edits a template at Meta, which reviews it again. Changes nothing here if it throws.
 * @throws DomainError `not_found` if the organization has no such template
 * @throws DomainError `invalid_input` naming each part that Meta's rules forbid
 * @throws DomainError `conflict` if it is removed at Meta, broadcasts use it, or the WABA can't be
 *   accessed
 * @throws DomainError `refused_by_meta` with Meta's text if Meta refuses the edit
 * @throws DomainError `meta_unavailable` if Meta can't be reached; without a response the edit may
 *   have been made
 */
export async function updateTemplate(
  ctx: ProviderContext,
  templateId: string,
  changes: UpdateTemplateInput,
): Promise<TemplateView> {
  const { row, access } = await templateToChange(ctx, templateId);
  if (changes.components !== undefined) {
    refuseWrongTemplate({
      category: changes.category ?? row.category,
      parameterFormat: formatOf(row),
      components: changes.components,
    });
  }
  const metaId = { ...access, templateId: row.meta_template_id };
  try {
    await ctx.graph.editTemplate({ ...metaId, edit: changes });
  } catch (error) {
    throw templateRefusal(error);
  }
  // The edit is done; if Meta doesn't return it now, the next sync or webhook does.
  const edited = await ctx.graph.getTemplate(metaId).catch(() => assumed(row, changes));
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const owner = { organizationId: ctx.organizationId, wabaId: row.waba_id };
    const saved = await saveTemplate(trx, owner, edited);
    // A broadcast may have been launched while Meta made the edit.
    await pauseForEdit(trx, ctx.organizationId, [saved.id]);
    await recordAudit(trx, ctx, {
      action: "template.updated",
      targetId: templateId,
      details: { name: row.name, changed: Object.keys(changes) },
    });
    return toTemplateView(saved);
  });
}

function assumed(row: TemplateRow, changes: UpdateTemplateInput): GraphTemplate {
  return {
    id: row.meta_template_id,
    name: row.name,
    language: row.language,
    category: changes.category ?? row.category,
    status: "PENDING",
    parameterFormat: formatOf(row),
    components: changes.components ?? row.components,
    qualityScore: row.quality_score,
    rejectedReason: null,
  };
}

function formatOf(row: TemplateRow): "POSITIONAL" | "NAMED" {
  return row.parameter_format === "NAMED" ? "NAMED" : "POSITIONAL";
}

import type { CreateTemplateInput, TemplateView } from "@loudhailer/contracts/templates.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import type { GraphTemplate } from "@loudhailer/whatsapp/graph-objects.ts";
import { recordAudit } from "../audit/record-audit.ts";
import { DomainError } from "../domain-error.ts";
import { fetchNamedProvider } from "../providers/fetch-provider.ts";
import type { ProviderContext } from "../providers/provider-context.ts";
import { accessToAccount, type AccountAccess } from "./account-access.ts";
import { refuseWrongTemplate, templateRefusal } from "./refuse-template.ts";
import { saveTemplate } from "./save-template.ts";
import { toTemplateView } from "./template-view.ts";

/**
 * Submits a template for Meta's review and stores it as Meta returns it. Stores nothing if it
 * throws.
 * @throws DomainError `invalid_input` naming each part that Meta's rules forbid, or if the number
 *   isn't the organization's
 * @throws DomainError `conflict` if the WABA already has this name in this language, or the access
 *   token can't be decrypted
 * @throws DomainError `refused_by_meta` with Meta's text if Meta refuses the template
 * @throws DomainError `meta_unavailable` if Meta can't be reached; without a response the template
 *   may exist at Meta
 */
export async function createTemplate(
  ctx: ProviderContext,
  { providerId, ...draft }: CreateTemplateInput,
): Promise<TemplateView> {
  refuseWrongTemplate(draft);
  const access = await withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const { waba_id: wabaId } = await fetchNamedProvider(trx, ctx.organizationId, providerId);
    const existing = await trx
      .selectFrom("whatsapp_templates")
      .select("id")
      .where("organization_id", "=", ctx.organizationId)
      .where("waba_id", "=", wabaId)
      .where("name", "=", draft.name)
      .where("language", "=", draft.language)
      .where("removed_at", "is", null)
      .executeTakeFirst();
    if (existing) throw nameIsTaken(existing.id);
    return accessToAccount(trx, ctx, wabaId);
  });
  const template = await submit(ctx, access, draft);
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const owner = { organizationId: ctx.organizationId, wabaId: access.wabaId };
    const row = await saveTemplate(trx, owner, template);
    await recordAudit(trx, ctx, {
      action: "template.created",
      targetId: row.id,
      details: { name: row.name, language: row.language },
    });
    return toTemplateView(row);
  });
}

async function submit(
  { graph }: ProviderContext,
  access: AccountAccess,
  draft: Omit<CreateTemplateInput, "providerId">,
): Promise<GraphTemplate> {
  let templateId: string;
  try {
    templateId = await graph.createTemplate({ ...access, template: draft });
  } catch (error) {
    throw templateRefusal(error);
  }
  try {
    return await graph.getTemplate({ ...access, templateId });
  } catch {
    // The template was created; the next sync or webhook brings Meta's data.
    return {
      ...draft,
      id: templateId,
      status: "PENDING",
      qualityScore: null,
      rejectedReason: null,
    };
  }
}

function nameIsTaken(templateId: string): DomainError {
  return new DomainError(
    "conflict",
    "There is a template with this name in this language already: choose another name, or edit that one.",
    { templateId },
  );
}

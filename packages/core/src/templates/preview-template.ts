import type { PreviewTemplateInput, TemplatePreview } from "@loudhailer/contracts/templates.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { fitVariables } from "@loudhailer/whatsapp/bind-variables.ts";
import { renderBound } from "@loudhailer/whatsapp/render-preview.ts";
import { sampleValues } from "../segments/sample-values.ts";
import type { TenantContext } from "../tenant-context.ts";
import { fetchTemplateRow } from "./get-template.ts";

/**
 * Renders the message as its recipient would see it, also with incomplete variables: slots without
 * a value show the template's example.
 * @throws DomainError `not_found` if the organization has no such template
 * @throws DomainError `invalid_input` if the contact isn't the organization's, or a variable names
 *   an unknown contact field
 */
export function previewTemplate(
  ctx: TenantContext,
  templateId: string,
  { variables, contactId }: PreviewTemplateInput,
): Promise<TemplatePreview> {
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const template = await fetchTemplateRow(trx, ctx.organizationId, templateId);
    const { fields, bound, problems } = fitVariables(template, variables);
    const values = await sampleValues(trx, ctx.organizationId, fields, contactId ?? null);
    return {
      preview: renderBound(template, bound, values),
      problems: problems.map(({ path, problem, message }) => ({
        path: `variables.${path}`,
        problem,
        message,
      })),
    };
  });
}

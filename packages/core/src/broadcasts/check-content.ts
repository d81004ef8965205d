import type { TemplateSnapshot } from "@loudhailer/db/database.ts";
import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { compileTemplate } from "@loudhailer/whatsapp/compile-template.ts";
import {
  TemplateVariablesError,
  type TemplateVariables,
} from "@loudhailer/whatsapp/template-variables.ts";
import { compileSegment } from "../audiences/compile-segment.ts";
import { DomainError } from "../domain-error.ts";

export interface BroadcastContent {
  providerId: string;
  templateId: string;
  segmentCriteria: unknown;
  variables: TemplateVariables;
}

/**
 * Everything that must be right before a broadcast may be sent: its number can send, its template
 * is approved and belongs to the number's account, every slot has a variable, the segment compiles.
 * Answers the template as it is now. Throws a DomainError that says what to mend.
 */
export async function checkContent(
  trx: TenantDb,
  organizationId: string,
  content: BroadcastContent,
): Promise<TemplateSnapshot> {
  const provider = await trx
    .selectFrom("whatsapp_providers")
    .where("organization_id", "=", organizationId)
    .where("id", "=", content.providerId)
    .select(["waba_id", "status", "status_reason"])
    .executeTakeFirst();
  if (!provider) {
    throw new DomainError("invalid_input", "providerId names no WhatsApp number of yours.", {
      field: "providerId",
    });
  }
  if (provider.status !== "connected") {
    throw new DomainError(
      "broadcast_not_sendable",
      `The WhatsApp number is ${provider.status}. Check the connection, or give it a new access token, and launch again.`,
      { providerStatus: provider.status, reason: provider.status_reason },
    );
  }
  const template = await fetchApprovedTemplate(trx, organizationId, content.templateId);
  if (template.waba_id !== provider.waba_id) {
    throw new DomainError(
      "invalid_input",
      "The template belongs to another WhatsApp Business Account than the number. Choose a template of the number's account.",
      { field: "templateId" },
    );
  }
  const snapshot: TemplateSnapshot = {
    name: template.name,
    language: template.language,
    parameterFormat: template.parameter_format === "NAMED" ? "NAMED" : "POSITIONAL",
    components: template.components,
  };
  checkVariables(snapshot, content.variables);
  compileSegment(content.segmentCriteria);
  return snapshot;
}

async function fetchApprovedTemplate(trx: TenantDb, organizationId: string, templateId: string) {
  const template = await trx
    .selectFrom("whatsapp_templates")
    .where("organization_id", "=", organizationId)
    .where("id", "=", templateId)
    .selectAll()
    .executeTakeFirst();
  if (!template) {
    throw new DomainError("invalid_input", "templateId names no template of yours.", {
      field: "templateId",
    });
  }
  if (template.removed_at !== null || template.status !== "APPROVED") {
    const state = template.removed_at === null ? template.status : "removed at Meta";
    throw new DomainError(
      "template_not_approved",
      `The template "${template.name}" is ${state}. Only approved templates can be sent: choose another one, or sync templates once Meta has approved it.`,
      { status: template.status },
    );
  }
  return template;
}

function checkVariables(template: TemplateSnapshot, variables: TemplateVariables): void {
  try {
    compileTemplate(template, variables);
  } catch (error) {
    if (!(error instanceof TemplateVariablesError)) throw error;
    const faults = error.problems.map((problem) => `${problem.path}: ${problem.message}`);
    throw new DomainError(
      "invalid_input",
      `The variables don't fit the template. ${faults.join("; ")}`,
      { problems: error.problems },
    );
  }
}

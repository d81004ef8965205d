import type { BroadcastStatus, ProviderStatus, TemplateSnapshot } from "@loudhailer/db/database.ts";
import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { compileTemplate } from "@loudhailer/whatsapp/compile-template.ts";
import {
  TemplateVariablesError,
  type TemplateVariables,
} from "@loudhailer/whatsapp/template-variables.ts";
import { compileSegment } from "../audiences/compile-segment.ts";
import { describeReason } from "../describe-reason.ts";
import { DomainError } from "../domain-error.ts";

export interface BroadcastContent {
  providerId: string;
  templateId: string;
  segmentCriteria: unknown;
  variables: TemplateVariables;
  /** The state of the broadcast, where there is one already: refusals say it. */
  status?: BroadcastStatus;
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
  refuseNumberThatIsOut(provider, content.status);
  const template = await fetchApprovedTemplate(trx, organizationId, content);
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

/** Throws `broadcast_not_sendable` unless the number is connected; says why, and what to do. */
export function refuseNumberThatIsOut(
  provider: { status: ProviderStatus; status_reason: string | null },
  status: BroadcastStatus | undefined,
): void {
  if (provider.status === "connected") return;
  const { status: providerStatus, status_reason: reason } = provider;
  const sentences = [
    `The WhatsApp number is ${providerStatus}.`,
    reason === null ? [] : describeReason(reason),
    providerStatus === "disconnected"
      ? "Give it a new access token, or check it once it is mended, and try again."
      : "Once it is mended, check it, or resume a broadcast of it that is paused, and try again.",
  ].flat();
  throw new DomainError("broadcast_not_sendable", sentences.join(" "), {
    status,
    providerStatus,
    reason,
  });
}

/** Throws `template_not_approved` for a template that Meta wouldn't take now. */
export async function fetchApprovedTemplate(
  trx: TenantDb,
  organizationId: string,
  { templateId, status }: { templateId: string; status?: BroadcastStatus },
) {
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
      { status, templateStatus: template.status },
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

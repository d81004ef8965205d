import type {
  BroadcastStatus,
  ProviderStatus,
  TemplateSnapshot,
  WhatsappTemplatesTable,
} from "@loudhailer/db/database.ts";
import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { fitVariables } from "@loudhailer/whatsapp/bind-variables.ts";
import type { TemplateVariables } from "@loudhailer/whatsapp/template-variables.ts";
import type { Selectable } from "kysely";
import { DomainError } from "../domain-error.ts";
import { invalidField, invalidFields } from "../invalid-field.ts";
import { checkMedia } from "../media/check-media.ts";
import { describeReason } from "../pauses/describe-reason.ts";
import { fetchNamedProvider } from "../providers/fetch-provider.ts";
import { checkSegment } from "../segments/check-segment.ts";

/** A broadcast's content; the fields an incomplete draft lacks are null, as in its columns. */
export interface BroadcastContent {
  providerId: string | null;
  templateId: string | null;
  segmentCriteria: unknown;
  variables: TemplateVariables;
  /** Status of an existing broadcast, which the errors include in their details. */
  status?: BroadcastStatus;
}

/**
 * Checks everything that must be right before a broadcast may be sent: its number can send, its
 * template is approved and belongs to the number's account, every slot has a variable, its media
 * files can be sent, and the segment compiles. Returns a snapshot of the template.
 * @throws DomainError `invalid_input` if a number, template, variable, file, or segment is wrong
 * @throws DomainError `broadcast_not_sendable` if content is missing or the number isn't connected
 * @throws DomainError `template_not_approved` if the template isn't approved
 */
export async function checkContent(
  trx: TenantDb,
  organizationId: string,
  content: BroadcastContent,
): Promise<TemplateSnapshot> {
  const { providerId, templateId, segmentCriteria, variables, status } = content;
  if (providerId === null || templateId === null || segmentCriteria === null) {
    throw incomplete(content);
  }
  const provider = await fetchNamedProvider(trx, organizationId, providerId);
  refuseNumberThatIsOut(provider, status);
  const template = await fetchApprovedTemplate(trx, organizationId, {
    templateId,
    ...(status && { status }),
  });
  refuseOtherAccount(provider, template);
  const snapshot = snapshotOf(template);
  checkVariables(snapshot, variables);
  await checkMedia(trx, { organizationId, providerId }, snapshot, variables);
  await checkSegment(trx, organizationId, segmentCriteria);
  return snapshot;
}

/**
 * Checks that the given number and template belong to the organization and that the given segment
 * compiles. Any of them may be null, and the variables aren't checked.
 * @throws DomainError `invalid_input` if one of them is wrong
 */
export async function checkDraft(
  trx: TenantDb,
  organizationId: string,
  { providerId, templateId, segmentCriteria }: BroadcastContent,
): Promise<void> {
  if (providerId !== null) await fetchNamedProvider(trx, organizationId, providerId);
  if (templateId !== null) await fetchTemplate(trx, organizationId, templateId);
  if (segmentCriteria !== null) await checkSegment(trx, organizationId, segmentCriteria);
}

/**
 * Returns the organization's template.
 * @throws DomainError `invalid_input` if the organization has no such template
 */
export async function fetchTemplate(trx: TenantDb, organizationId: string, templateId: string) {
  const template = await trx
    .selectFrom("whatsapp_templates")
    .where("organization_id", "=", organizationId)
    .where("id", "=", templateId)
    .selectAll()
    .executeTakeFirst();
  if (!template) throw invalidField("templateId", "names no template of yours");
  return template;
}

/**
 * Checks that the template belongs to the number's WhatsApp Business Account.
 * @throws DomainError `invalid_input` if it belongs to another account
 */
export function refuseOtherAccount(
  provider: { waba_id: string },
  template: { waba_id: string },
): void {
  if (template.waba_id === provider.waba_id) return;
  throw invalidField(
    "templateId",
    "belongs to another WhatsApp Business Account than the number; choose a template of the number's account",
  );
}

/** Returns the part of a template that messages are built from. */
export function snapshotOf(template: Selectable<WhatsappTemplatesTable>): TemplateSnapshot {
  return {
    name: template.name,
    language: template.language,
    parameterFormat: template.parameter_format === "NAMED" ? "NAMED" : "POSITIONAL",
    components: template.components,
  };
}

function incomplete({ providerId, templateId, segmentCriteria, status }: BroadcastContent) {
  const missing = Object.entries({ providerId, templateId, segmentCriteria })
    .filter(([, value]) => value === null)
    .map(([path]) => path);
  return new DomainError(
    "broadcast_not_sendable",
    `The broadcast is incomplete: ${missing.join(", ")} is missing.`,
    { status, fields: missing.map((path) => ({ path, message: "is required" })) },
  );
}

/**
 * Checks that the number is connected.
 * @throws DomainError `broadcast_not_sendable` with the reason and what to do if it isn't connected
 */
export function refuseNumberThatIsOut(
  provider: { status: ProviderStatus; status_reason: string | null },
  status: BroadcastStatus | undefined,
): void {
  if (provider.status === "connected") return;
  const { status: providerStatus, status_reason: reason } = provider;
  const sentences = [
    `The WhatsApp number is ${providerStatus}.`,
    reason === null ? [] : describeReason(reason),
    reason === "number_moved"
      ? []
      : providerStatus === "disconnected"
        ? "Give it a new access token, or check it once it is fixed, and try again."
        : "Once it is fixed, check it, or resume a paused broadcast of it, and try again.",
  ].flat();
  throw new DomainError("broadcast_not_sendable", sentences.join(" "), {
    status,
    providerStatus,
    reason,
  });
}

/**
 * Returns the organization's template if Meta accepts it now.
 * @throws DomainError `invalid_input` if the organization has no such template
 * @throws DomainError `template_not_approved` if it isn't approved or was removed at Meta
 */
export async function fetchApprovedTemplate(
  trx: TenantDb,
  organizationId: string,
  { templateId, status }: { templateId: string; status?: BroadcastStatus },
) {
  const template = await fetchTemplate(trx, organizationId, templateId);
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

/**
 * Checks that the variables fit the template's slots and that no offer expires in the past.
 * @throws DomainError `invalid_input` with every slot that doesn't fit
 */
export function checkVariables(template: TemplateSnapshot, variables: TemplateVariables): void {
  const { bound, problems } = fitVariables(template, variables);
  const past = bound.flatMap(({ slot, content }) =>
    slot.type === "expiration" && "kind" in content && content.kind === "text"
      ? Date.parse(content.text) > Date.now()
        ? []
        : [{ path: slot.path, problem: "past", message: "The offer would end in the past." }]
      : [],
  );
  const fields = [...problems, ...past].map(({ path, message, problem }) => ({
    path: `variables.${path}`,
    message,
    problem,
  }));
  if (fields.length > 0) throw invalidFields("The variables don't fit the template.", fields);
}

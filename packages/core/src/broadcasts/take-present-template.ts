import type { BroadcastStatus, WhatsappBroadcastsTable } from "@loudhailer/db/database.ts";
import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { fitVariables } from "@loudhailer/whatsapp/bind-variables.ts";
import { sql, type RawBuilder, type Selectable } from "kysely";
import { z } from "zod";
import { DomainError } from "../domain-error.ts";
import { checkMedia } from "../media/check-media.ts";
import { readsTheSame } from "../pauses/reads-the-same.ts";
import { checkVariables, fetchApprovedTemplate, snapshotOf } from "./check-content.ts";

/** The columns of a launched broadcast that decide what its remaining recipients get. */
export type LaunchedContent = Pick<
  Selectable<WhatsappBroadcastsTable>,
  "provider_id" | "template_id" | "template_snapshot" | "variables" | "status"
>;

/**
 * Returns the columns with which a launched broadcast continues: the snapshot of the launch if the
 * template still reads the same, else one of the present version. The recipients' values stay as they
 * were frozen, and the snapshot says in which order. Holds the template: an edit that comes now waits
 * for the transaction, then finds the broadcast sending and pauses it.
 * @throws DomainError `broadcast_not_sendable` naming every slot without a usable value
 * @throws DomainError `template_not_approved` if the template isn't approved
 */
export async function takePresentTemplate(
  trx: TenantDb,
  organizationId: string,
  broadcast: LaunchedContent,
): Promise<{ template_snapshot?: string; content_version?: RawBuilder<number> }> {
  const { template_id: templateId, provider_id: providerId, variables, status } = broadcast;
  const { template_snapshot: snapshot } = broadcast;
  await holdTemplate(trx, organizationId, templateId);
  const template = await fetchApprovedTemplate(trx, organizationId, { templateId, status });
  if (snapshot === null || readsTheSame(snapshot.components, template.components)) return {};
  const frozenFields = snapshot.frozenFields ?? fitVariables(snapshot, variables).fields;
  const present = { ...snapshotOf(template), frozenFields };
  try {
    checkVariables(present, variables);
    await checkMedia(trx, { organizationId, providerId }, present, variables);
  } catch (error) {
    throw error instanceof DomainError ? misfit(template.name, status, error) : error;
  }
  return {
    template_snapshot: JSON.stringify(present),
    content_version: sql<number>`content_version + 1`,
  };
}

async function holdTemplate(trx: TenantDb, organizationId: string, id: string): Promise<void> {
  await trx
    .selectFrom("whatsapp_templates")
    .where("organization_id", "=", organizationId)
    .where("id", "=", id)
    .select("id")
    .forShare()
    .execute();
}

const details = z.object({
  fields: z.array(z.looseObject({ path: z.string(), message: z.string() })),
});

function misfit(name: string, status: BroadcastStatus, error: DomainError): DomainError {
  const { fields } = details.parse(error.details);
  const slots = fields.map(({ path, message }) => `${path}: ${message}`).join("; ");
  return new DomainError(
    "broadcast_not_sendable",
    `The template "${name}" was edited at Meta, and this broadcast's variables don't fit its present version. ${slots} Nothing more was sent. Cancel this broadcast and make a new one for the remaining recipients. Recipients who were written to before keep their message.`,
    { status, fields },
  );
}

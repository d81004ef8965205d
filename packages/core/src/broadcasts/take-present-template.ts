import type { TemplateSnapshot, WhatsappTemplatesTable } from "@loudhailer/db/database.ts";
import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { fitVariables } from "@loudhailer/whatsapp/bind-variables.ts";
import type { TemplateVariables } from "@loudhailer/whatsapp/template-variables.ts";
import type { Selectable } from "kysely";
import { z } from "zod";
import { DomainError } from "../domain-error.ts";
import { checkMedia } from "../media/check-media.ts";
import { readsTheSame } from "../pauses/reads-the-same.ts";
import { checkVariables, snapshotOf } from "./check-content.ts";

/** A launched broadcast whose remaining recipients may get another version of its template. */
export interface LaunchedContent {
  organizationId: string;
  providerId: string;
  variables: TemplateVariables;
  snapshot: TemplateSnapshot;
}

/**
 * Returns the snapshot with which a launched broadcast continues: its own if the template still reads
 * the same, else one of the present version. The recipients' values stay as they were frozen, and
 * the snapshot says in which order.
 * @throws DomainError `broadcast_not_sendable` naming every slot without a usable value
 */
export async function takePresentTemplate(
  trx: TenantDb,
  template: Selectable<WhatsappTemplatesTable>,
  { organizationId, providerId, variables, snapshot }: LaunchedContent,
): Promise<TemplateSnapshot> {
  if (readsTheSame(snapshot.components, template.components)) return snapshot;
  const frozenFields = snapshot.frozenFields ?? fitVariables(snapshot, variables).fields;
  const present = { ...snapshotOf(template), frozenFields };
  try {
    checkVariables(present, variables);
    await checkMedia(trx, { organizationId, providerId }, present, variables);
  } catch (error) {
    throw error instanceof DomainError ? misfit(template.name, error) : error;
  }
  return present;
}

const details = z.object({
  fields: z.array(z.looseObject({ path: z.string(), message: z.string() })),
});

function misfit(name: string, error: DomainError): DomainError {
  const { fields } = details.parse(error.details);
  const slots = fields.map(({ path, message }) => `${path}: ${message}`).join("; ");
  return new DomainError(
    "broadcast_not_sendable",
    `The template "${name}" was edited at Meta, and this broadcast's variables don't fit its present version. ${slots} Nothing more was sent. Cancel this broadcast and make a new one for the remaining recipients. Recipients who were written to before keep their message.`,
    { status: "paused", fields },
  );
}

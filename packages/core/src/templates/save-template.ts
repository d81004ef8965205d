import type { TenantDb } from "@loudhailer/db/tenant.ts";
import type { GraphTemplate } from "@loudhailer/whatsapp/graph-objects.ts";
import { sql } from "kysely";
import { columnsOfTemplate } from "./compare-template.ts";
import type { TemplateRow } from "./template-view.ts";

export interface TemplateOwner {
  organizationId: string;
  wabaId: string;
}

function storedColumns(template: GraphTemplate) {
  return { ...columnsOfTemplate(template), components: JSON.stringify(template.components) };
}

/** Returns a new template's row with Meta's data. */
export function rowOfTemplate({ organizationId, wabaId }: TemplateOwner, template: GraphTemplate) {
  return {
    ...storedColumns(template),
    organization_id: organizationId,
    waba_id: wabaId,
    name: template.name,
    language: template.language,
  };
}

/** Inserts or updates a template with Meta's data. */
export function saveTemplate(
  trx: TenantDb,
  owner: TemplateOwner,
  template: GraphTemplate,
): Promise<TemplateRow> {
  return trx
    .insertInto("whatsapp_templates")
    .values(rowOfTemplate(owner, template))
    .onConflict((conflict) =>
      conflict.columns(["organization_id", "waba_id", "name", "language"]).doUpdateSet({
        ...storedColumns(template),
        removed_at: null,
        synced_at: sql`now()`,
        updated_at: sql`now()`,
      }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

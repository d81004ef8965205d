import type { TenantDb } from "@loudhailer/db/tenant.ts";
import type { GraphTemplate } from "@loudhailer/whatsapp/graph-objects.ts";
import { sql } from "kysely";
import { columnsOfTemplate } from "./compare-template.ts";
import type { TemplateRow } from "./template-view.ts";

/** Inserts or updates a template with Meta's data. */
export function saveTemplate(
  trx: TenantDb,
  { organizationId, wabaId }: { organizationId: string; wabaId: string },
  template: GraphTemplate,
): Promise<TemplateRow> {
  const { components, ...columns } = columnsOfTemplate(template);
  const seen = {
    ...columns,
    components: JSON.stringify(components),
    removed_at: null,
    synced_at: sql<Date>`now()`,
    updated_at: sql<Date>`now()`,
  };
  return trx
    .insertInto("whatsapp_templates")
    .values({
      ...seen,
      organization_id: organizationId,
      waba_id: wabaId,
      name: template.name,
      language: template.language,
    })
    .onConflict((conflict) =>
      conflict.columns(["organization_id", "waba_id", "name", "language"]).doUpdateSet(seen),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

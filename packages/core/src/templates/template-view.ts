import type { TemplateView } from "@loudhailer/contracts/templates.ts";
import type { WhatsappTemplatesTable } from "@loudhailer/db/database.ts";
import { inventoryOf } from "@loudhailer/whatsapp/template-slots.ts";
import type { Selectable } from "kysely";

export type TemplateRow = Selectable<WhatsappTemplatesTable>;

/** Returns the template with the slots that a broadcast must fill in. */
export function toTemplateView(row: TemplateRow): TemplateView {
  const { slots, unsupported } = inventoryOf(row);
  // A sync can store the new category before Meta's webhook announces the change.
  const isCategoryToChange = row.announced_category !== row.category;
  return {
    id: row.id,
    wabaId: row.waba_id,
    metaTemplateId: row.meta_template_id,
    name: row.name,
    language: row.language,
    category: row.category,
    status: row.status,
    parameterFormat: row.parameter_format,
    qualityScore: row.quality_score,
    rejectedReason: row.rejected_reason,
    announcedCategory: isCategoryToChange ? row.announced_category : null,
    categoryChangesAt: isCategoryToChange ? (row.category_changes_at?.toISOString() ?? null) : null,
    components: row.components,
    slots: slots.map(({ named: _named, oneTimeCodeButtonIndex: _index, ...slot }) => slot),
    unsupported: unsupported.map(({ path, message }) => ({ path, message })),
    removedAt: row.removed_at?.toISOString() ?? null,
    syncedAt: row.synced_at.toISOString(),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

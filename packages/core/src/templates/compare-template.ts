import { isDeepStrictEqual } from "node:util";
import { isRecord } from "@loudhailer/runtime/is-record.ts";
import type { GraphTemplate } from "@loudhailer/whatsapp/graph-objects.ts";
import type { TemplateRow } from "./template-view.ts";

/** Returns a template's columns from Meta's data. A missing status or category is UNKNOWN. */
export function columnsOfTemplate(template: GraphTemplate) {
  return {
    meta_template_id: template.id,
    category: template.category ?? "UNKNOWN",
    status: template.status ?? "UNKNOWN",
    parameter_format: template.parameterFormat,
    quality_score: template.qualityScore,
    // Meta returns NONE for a template that wasn't rejected.
    rejected_reason: template.rejectedReason === "NONE" ? null : template.rejectedReason,
    components: template.components,
  };
}

/** Returns whether Meta's template differs from the stored one, or was marked as removed. */
export function isTemplateChanged(row: TemplateRow, template: GraphTemplate): boolean {
  if (row.removed_at !== null) return true;
  const { components, ...columns } = columnsOfTemplate(template);
  const { components: storedComponents, ...stored } = row;
  return (
    !isDeepStrictEqual({ ...stored, ...columns }, stored) ||
    !isDeepStrictEqual(withoutHandles(components), withoutHandles(storedComponents))
  );
}

// Meta returns a header's example as a content URL that expires and differs in every response.
function withoutHandles(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutHandles);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "header_handle")
      .map(([key, inner]) => [key, withoutHandles(inner)]),
  );
}

import { isDeepStrictEqual } from "node:util";
import type { GraphTemplate } from "@loudhailer/whatsapp/graph-objects.ts";
import type { TemplateRow } from "./template-view.ts";

/** A template's columns as Meta has it now. Statuses and categories we are not told are UNKNOWN. */
export function columnsOfTemplate(template: GraphTemplate) {
  return {
    meta_template_id: template.id,
    category: template.category ?? "UNKNOWN",
    status: template.status ?? "UNKNOWN",
    parameter_format: template.parameterFormat,
    quality_score: template.qualityScore,
    // Meta's word for a template that was not rejected.
    rejected_reason: template.rejectedReason === "NONE" ? null : template.rejectedReason,
    components: template.components,
  };
}

/** Whether Meta's template differs from the stored one, or the stored one was taken for gone. */
export function isTemplateChanged(row: TemplateRow, template: GraphTemplate): boolean {
  if (row.removed_at !== null) return true;
  const { components, ...columns } = columnsOfTemplate(template);
  const { components: storedComponents, ...stored } = row;
  return (
    !isDeepStrictEqual({ ...stored, ...columns }, stored) ||
    !isDeepStrictEqual(withoutHandles(components), withoutHandles(storedComponents))
  );
}

// A header's example comes back as a content URL that expires, another one in every answer.
function withoutHandles(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutHandles);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "header_handle")
      .map(([key, inner]) => [key, withoutHandles(inner)]),
  );
}

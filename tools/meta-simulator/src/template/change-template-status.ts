import type { Waba } from "../registry.ts";
import type { Webhooks } from "../webhooks/webhooks.ts";
import type { Template, TemplateStatus } from "./template.ts";

/** Gives a template a new status, and tells the receivers with `message_template_status_update`. */
export function changeTemplateStatus(
  context: { readonly webhooks: Webhooks },
  waba: Waba,
  template: Template,
  status: TemplateStatus,
): Template {
  const changed = waba.templates.setStatus(template, status);
  context.webhooks.sendChange(waba.id, "message_template_status_update", {
    event: status,
    // A number in webhooks and a string in REST; en-US in webhooks and en_US in REST.
    message_template_id: Number(template.id),
    message_template_name: template.name,
    message_template_language: template.language.replace("_", "-"),
    reason: template.rejected_reason ?? "NONE",
    message_template_category: template.category,
  });
  return changed;
}

import type { Waba } from "../registry.ts";
import type { Webhooks } from "../webhooks/webhooks.ts";
import type { Template, TemplateStatus } from "./template.ts";

/** Changes a template's status, and sends `message_template_status_update` to the receiver. */
export function changeTemplateStatus(
  context: { readonly webhooks: Webhooks },
  waba: Waba,
  template: Template,
  status: TemplateStatus,
): Template {
  const changed = waba.templates.setStatus(template, status);
  context.webhooks.sendChange(waba.id, "message_template_status_update", {
    event: status,
    // Webhooks have a number and "en-US" where REST has a string and "en_US".
    message_template_id: Number(template.id),
    message_template_name: template.name,
    message_template_language: template.language.replace("_", "-"),
    reason: template.rejected_reason ?? "NONE",
    message_template_category: template.category,
  });
  return changed;
}

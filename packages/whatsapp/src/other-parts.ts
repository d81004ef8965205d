import type { WebhookChange } from "./webhook-payload.ts";

/** Keys that only describe the parts next to them. */
const companions = new Set(["messaging_product", "metadata", "contacts", "field"]);
const readLists = new Set(["statuses", "messages", "user_preferences", "user_id_update"]);

/**
 * Returns the parts of a change of messages or preferences other than the lists that are read item
 * by item: errors that concern the number, and unknown parts. Returns null if there are only such
 * lists, and the whole value if it has no parts at all.
 */
export function otherPartsOf({ value }: WebhookChange): Record<string, unknown> | null {
  const parts = Object.entries(value).filter(([key]) => !companions.has(key));
  const others = parts.filter(([key, part]) => !(readLists.has(key) && Array.isArray(part)));
  if (others.length > 0) return Object.fromEntries(others);
  return parts.length > 0 ? null : { ...value };
}

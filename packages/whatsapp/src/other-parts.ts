import type { WebhookChange } from "./webhook-payload.ts";

/** They only describe what stands beside them. */
const companions = new Set(["messaging_product", "metadata", "contacts", "field"]);
const readLists = new Set(["statuses", "messages", "user_preferences", "user_id_update"]);

/**
 * What a change of people's messages or preferences holds beside the lists that are read one by one:
 * errors that concern the number, parts not yet known. Null for nothing.
 */
export function otherPartsOf({ value }: WebhookChange): Record<string, unknown> | null {
  const parts = Object.entries(value).filter(([key]) => !companions.has(key));
  const others = parts.filter(([key, part]) => !(readLists.has(key) && Array.isArray(part)));
  if (others.length > 0) return Object.fromEntries(others);
  return parts.length > 0 ? null : { ...value };
}

import { dateOf, idOf, listOf, recordOf, type LooseRecord } from "./loose-values.ts";

/** One `changes[]` entry of a webhook POST. */
export interface WebhookChange {
  /** Empty if Meta omits it. */
  wabaId: string;
  /** Null for template and account fields, which carry only the WABA id. */
  phoneNumberId: string | null;
  field: string;
  /** Unchanged from the webhook. */
  value: LooseRecord;
  /** Meta's time of the entry, in whole seconds; null if Meta omits it. */
  happenedAt: Date | null;
}

/**
 * Returns the changes in a webhook POST's parsed JSON, in order, or null if it has no `entry` list.
 * Reads each entry and change separately: a malformed one doesn't reject the others.
 */
export function parseWebhook(raw: unknown): WebhookChange[] | null {
  const entries = recordOf(raw)?.["entry"];
  return Array.isArray(entries) ? entries.flatMap((entry) => changesOfEntry(entry)) : null;
}

/** Returns the entry's changes, or an empty list if the entry doesn't have Meta's shape. */
export function changesOfEntry(raw: unknown): WebhookChange[] {
  const entry = recordOf(raw);
  if (!entry) return [];
  return listOf(entry["changes"]).flatMap((rawChange) => {
    const change = recordOf(rawChange);
    const value = recordOf(change?.["value"]);
    if (!change || !value) return [];
    return {
      wabaId: sharedWabaId(value) ?? idOf(entry["id"]) ?? "",
      phoneNumberId: idOf(recordOf(value["metadata"])?.["phone_number_id"]) ?? null,
      // Some of Meta's samples have `field` next to `changes`, or inside `value`.
      field: idOf(change["field"]) ?? idOf(entry["field"]) ?? idOf(value["field"]) ?? "",
      value,
      happenedAt: dateOf(entry["time"]) ?? null,
    };
  });
}

/**
 * Returns the id of the WABA that was shared with a partner or withdrawn from one. In that case
 * `entry.id` is the partner's.
 */
function sharedWabaId(value: LooseRecord): string | undefined {
  return idOf(recordOf(value["waba_info"])?.["waba_id"]);
}

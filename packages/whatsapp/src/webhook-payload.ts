import { dateOf, idOf, listOf, recordOf, type LooseRecord } from "./loose-values.ts";

/** One `changes[]` entry of a webhook POST. */
export interface WebhookChange {
  /** Empty where Meta left it out. */
  wabaId: string;
  /** Null for template and account fields: only the WABA id tells whose they are. */
  phoneNumberId: string | null;
  field: string;
  /** As it came. */
  value: LooseRecord;
  /** Meta's time of the entry, in whole seconds; null where it left it out. */
  happenedAt: Date | null;
}

/**
 * The changes in a webhook POST's parsed JSON, in its order; null where it has no `entry` list. Each
 * entry and change is read by itself: one that is malformed doesn't reject the others.
 */
export function parseWebhook(raw: unknown): WebhookChange[] | null {
  const entries = recordOf(raw)?.["entry"];
  return Array.isArray(entries) ? entries.flatMap((entry) => changesOfEntry(entry)) : null;
}

/** Empty where the entry has not Meta's shape. */
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
      // Meta's own samples have `field` beside `changes`, or inside `value`.
      field: idOf(change["field"]) ?? idOf(entry["field"]) ?? idOf(value["field"]) ?? "",
      value,
      happenedAt: dateOf(entry["time"]) ?? null,
    };
  });
}

/** The account that was shared with a partner or taken away: `entry.id` is then the partner's. */
function sharedWabaId(value: LooseRecord): string | undefined {
  return idOf(recordOf(value["waba_info"])?.["waba_id"]);
}

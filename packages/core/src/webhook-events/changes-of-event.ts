import type { WebhookEventsTable } from "@loudhailer/db/database.ts";
import { recordOf, type LooseRecord } from "@loudhailer/whatsapp/loose-values.ts";
import {
  changesOfEntry,
  parseWebhook,
  type WebhookChange,
} from "@loudhailer/whatsapp/webhook-payload.ts";
import type { Selectable } from "kysely";

export type WebhookEventRow = Selectable<WebhookEventsTable>;

/** Reads a stored event again and returns its changes, or none if it still can't be read. */
export function changesOfEvent(row: WebhookEventRow): WebhookChange[] {
  const payload: LooseRecord = { ...row.payload };
  const { part } = payload;
  if (row.field === "" && "part" in payload) return parseWebhook(part) ?? changesOfPart(part, row);
  const value = valueOf(payload);
  if (value === undefined) return [];
  return [
    {
      wabaId: row.waba_id ?? "",
      phoneNumberId: row.phone_number_id,
      field: row.field,
      value,
      // The current time would override updates that arrived since.
      happenedAt: row.happened_at ?? row.received_at,
    },
  ];
}

function changesOfPart(part: unknown, row: WebhookEventRow): WebhookChange[] {
  const ofEntry = changesOfEntry(part);
  return ofEntry.length > 0 ? ofEntry : changesOfEntry({ id: row.waba_id, changes: [part] });
}

/** Returns the value in a payload, also in one that `toRefusedEvent` has turned into text. */
function valueOf(payload: LooseRecord): LooseRecord | undefined {
  const { text, ...others } = payload;
  if (typeof text !== "string" || Object.keys(others).length > 0) return payload;
  try {
    return recordOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

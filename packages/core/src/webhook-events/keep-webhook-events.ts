import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";
import { storableJson, storableText } from "./storable-json.ts";

/** Something a webhook brought that was not applied to anything. */
export interface WebhookEvent {
  /** Null where nobody here has the number or WABA. */
  organizationId: string | null;
  wabaId: string | null;
  phoneNumberId: string | null;
  field: string;
  payload: object;
  /** Why it was not applied: `unmatched_status`, `unhandled_field` and so on. */
  reason: string;
}

const FIELD_LENGTH_MAX = 100;

/**
 * Stores all of `events` in one statement, or none of them. Characters that PostgreSQL cannot
 * store are replaced. Throws PostgreSQL's data errors, such as for an organization that is gone.
 */
export async function keepWebhookEvents(
  db: Kysely<Database>,
  events: readonly WebhookEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => ({
    organization_id: event.organizationId,
    waba_id: event.wabaId === null ? null : storableText(event.wabaId),
    phone_number_id: event.phoneNumberId === null ? null : storableText(event.phoneNumberId),
    field: storableText(event.field).slice(0, FIELD_LENGTH_MAX),
    payload: storableJson(event.payload),
    reason: event.reason,
  }));
  await db.insertInto("webhook_events").values(rows).execute();
}

/**
 * The same event in a form that always goes in, for one that PostgreSQL refused with `code`:
 * nobody's, with its JSON as text.
 */
export function asRefusedEvent(event: WebhookEvent, code: string): WebhookEvent {
  return {
    ...event,
    organizationId: null,
    payload: { text: jsonAsText(event.payload) },
    reason: `${event.reason}, refused: ${code}`,
  };
}

function jsonAsText(payload: object): string {
  try {
    return JSON.stringify(payload);
  } catch {
    return "nested too deeply to be written down";
  }
}

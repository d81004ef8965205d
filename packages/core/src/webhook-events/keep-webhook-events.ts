import type { Database } from "@loudhailer/db/database.ts";
import { storableJson, storableText } from "@loudhailer/db/storable-json.ts";
import { sql, type Kysely } from "kysely";

/** Something that a webhook brought, and whose it is. */
export interface WebhookEventSource {
  /** Null where nobody here has the number or WABA. */
  organizationId: string | null;
  wabaId: string | null;
  phoneNumberId: string | null;
  field: string;
  /** A change's value, or the part of it that this is about. */
  payload: object;
  /** Meta's own time of it. */
  happenedAt: Date | null;
  /** Of the app secret that signed it; see secret-fingerprint.ts. */
  signedWith: Buffer | null;
}

/** Something a webhook brought that was not applied to anything. */
export interface WebhookEvent extends WebhookEventSource {
  /** Why it was not applied: `unmatched_status`, `unhandled_field` and so on. */
  reason: string;
}

const fieldLengthMax = 100;

/**
 * Stores all of `events` in one statement, or none of them; those that time alone may mend are tried
 * again soon. Characters that PostgreSQL cannot store are replaced. Throws PostgreSQL's data errors,
 * such as for an organization that is gone.
 */
export async function keepWebhookEvents(
  db: Kysely<Database>,
  events: readonly WebhookEvent[],
): Promise<void> {
  if (events.length === 0) return;
  await sql`
    insert into webhook_events (organization_id, waba_id, phone_number_id, field, payload, reason,
      happened_at, signed_with, next_attempt_at)
    select organization_id, waba_id, phone_number_id, field, payload::jsonb, reason, happened_at,
      signed_with, case when may_mend then now() + interval '3 seconds' end
    from unnest(
      ${events.map((event) => event.organizationId)}::uuid[],
      ${events.map((event) => event.wabaId && storableText(event.wabaId))}::text[],
      ${events.map((event) => event.phoneNumberId && storableText(event.phoneNumberId))}::text[],
      ${events.map((event) => storableText(event.field).slice(0, fieldLengthMax))}::text[],
      ${events.map((event) => storableJson(event.payload))}::text[],
      ${events.map((event) => event.reason)}::text[],
      ${events.map((event) => event.happenedAt)}::timestamptz[],
      ${events.map((event) => event.signedWith)}::bytea[],
      ${events.map((event) => mayMendItself(event.reason))}::boolean[]
    ) as e(organization_id, waba_id, phone_number_id, field, payload, reason, happened_at,
      signed_with, may_mend)
  `.execute(db);
}

const passing = new Set([
  // A status can come before its send is settled, a template's news before it is synchronised.
  "unmatched_status",
  "unknown_template",
  // A number can be connected after its webhooks.
  "unknown_number",
  "unknown_waba",
]);

/** Whether the same event may be applied later, though nobody does anything about it. */
export function mayMendItself(reason: string): boolean {
  return passing.has(reason) || reason.includes("refused: ");
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

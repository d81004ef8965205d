import type { Database } from "@loudhailer/db/database.ts";
import { storableJson, storableText } from "@loudhailer/db/storable-json.ts";
import { sql, type Kysely } from "kysely";
import type { NotApplied } from "../meta-updates/apply-outcome.ts";
import { mayApplyLater, reasonText } from "./event-reason.ts";

/** A part of a webhook and its owner. */
export interface WebhookEventSource {
  /** Null if no organization has the number or WABA. */
  organizationId: string | null;
  wabaId: string | null;
  phoneNumberId: string | null;
  field: string;
  /** A change's value, or the part of it that the event concerns. */
  payload: object;
  /** Meta's own time of the event; null if it gave none. */
  happenedAt: Date | null;
  /** Fingerprint of the app secret that signed it; see secret-fingerprint.ts. */
  signedWith: Buffer | null;
}

/** A part of a webhook that was not applied. */
export interface WebhookEvent extends WebhookEventSource, NotApplied {}

const fieldLengthMax = 100;

/**
 * Stores all of `events` in one statement, or none of them. Events that may apply later without
 * anyone's action are retried soon. Characters that PostgreSQL can't store are replaced.
 * @throws DatabaseError if PostgreSQL refuses the data, such as for a deleted organization
 * @throws RangeError if a payload is nested too deeply
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
      signed_with, case when may_apply then now() + interval '3 seconds' end
    from unnest(
      ${events.map((event) => event.organizationId)}::uuid[],
      ${events.map((event) => event.wabaId && storableText(event.wabaId))}::text[],
      ${events.map((event) => event.phoneNumberId && storableText(event.phoneNumberId))}::text[],
      ${events.map((event) => storableText(event.field).slice(0, fieldLengthMax))}::text[],
      ${events.map((event) => storableJson(event.payload))}::text[],
      ${events.map(reasonText)}::text[],
      ${events.map((event) => event.happenedAt)}::timestamptz[],
      ${events.map((event) => event.signedWith)}::bytea[],
      ${events.map(mayApplyLater)}::boolean[]
    ) as e(organization_id, waba_id, phone_number_id, field, payload, reason, happened_at,
      signed_with, may_apply)
  `.execute(db);
}

/**
 * Returns an event that PostgreSQL refused with `code` in a form that it always accepts: without an
 * organization, and with its JSON as text.
 */
export function toRefusedEvent(event: WebhookEvent, code: string): WebhookEvent {
  return {
    ...event,
    organizationId: null,
    payload: { text: jsonAsText(event.payload) },
    refusedWith: code,
  };
}

function jsonAsText(payload: object): string {
  try {
    return JSON.stringify(payload);
  } catch {
    return "nested too deeply to be written down";
  }
}

import type { IdentityChange } from "./identity-change.ts";
import { dateOf, idOf, listOf, recordOf } from "./loose-values.ts";
import { digitsOf, personOf, personOfContact, type WebhookPerson } from "./webhook-person.ts";

/** A person's choice in WhatsApp to stop or resume the organization's marketing messages. */
export interface MarketingPreference {
  person: WebhookPerson;
  wants: boolean;
  timestamp: Date | null;
}

/**
 * Reads one of a change's `user_preferences`. Returns null if it identifies no person or isn't a
 * marketing preference.
 */
export function readMarketingPreference(
  raw: unknown,
  contacts: unknown,
): MarketingPreference | null {
  const record = recordOf(raw);
  if (!record) return null;
  const category = idOf(record["category"]) ?? "marketing_messages";
  const value = idOf(record["value"])?.toLowerCase();
  if (category !== "marketing_messages" || (value !== "stop" && value !== "resume")) return null;
  const profiles = listOf(contacts);
  const profile = profiles.length === 1 ? personOfContact(profiles[0]) : {};
  const waId = digitsOf(record["wa_id"]);
  const userId = idOf(record["user_id"]);
  const isAnonymous = waId === undefined && userId === undefined;
  const person = personOf({
    waId: waId ?? (isAnonymous ? profile.waId : undefined),
    userId: userId ?? (isAnonymous || profile.waId === waId ? profile.userId : undefined),
    name: profile.name,
  });
  if (!person) return null;
  return { person, wants: value === "resume", timestamp: dateOf(record["timestamp"]) ?? null };
}

/** Reads one of a change's `user_id_update`. Returns null if it lacks the new id or the person. */
export function readUserIdUpdate(raw: unknown): IdentityChange | null {
  const record = recordOf(raw);
  const ids = recordOf(record?.["user_id"]);
  const waId = digitsOf(record?.["wa_id"]);
  const userId = idOf(ids?.["current"]);
  const previous = personOf({ waId, userId: idOf(ids?.["previous"]) });
  if (userId === undefined || !previous) return null;
  return { previous, current: { userId, ...(waId !== undefined && { waId }) } };
}

import type { WebhookChange } from "@loudhailer/whatsapp/webhook-payload.ts";
import { isUpdateField } from "../meta-updates/apply-update.ts";

/** A change whose signature is valid for its owner. */
export interface OwnedChange {
  change: WebhookChange;
  /** Null if no organization has the number or WABA. */
  organizationId: string | null;
  /** Null if the change names no number and the WABA has several. */
  providerId: string | null;
  /** Fingerprint of the app secret that signed it. */
  signedWith: Buffer | null;
}

/**
 * Returns the key that determines a change's owner. Updates of templates, numbers and accounts take
 * effect in a whole WABA: only its own app secret may sign them, even if they name a number.
 */
export function keyOfOwner({ field, phoneNumberId, wabaId }: WebhookChange) {
  return { numberId: isUpdateField(field) ? null : phoneNumberId, wabaId };
}

/** Fields whose parts each concern one number, and so one organization. */
const fieldsOfNumbers = new Set(["messages", "user_preferences", "user_id_update"]);

/** Returns whether Loudhailer handles changes of this field. */
export function isHandledField(field: string): boolean {
  return fieldsOfNumbers.has(field) || isUpdateField(field);
}

/**
 * Returns the change once per organization among `providers`, since several may have numbers in one
 * WABA. Returns it without an owner if it concerns a single number but several organizations match.
 */
export function underEachOwner(
  change: WebhookChange,
  providers: readonly { providerId: string; organizationId: string }[],
  signedWith: Buffer | null,
): OwnedChange[] {
  const byOrganization = Map.groupBy(providers, (provider) => provider.organizationId);
  if (byOrganization.size > 1 && fieldsOfNumbers.has(change.field)) {
    return [{ change, organizationId: null, providerId: null, signedWith }];
  }
  return [...byOrganization].map(([organizationId, own]) => ({
    change,
    organizationId,
    providerId: own.length === 1 ? (own[0]?.providerId ?? null) : null,
    signedWith,
  }));
}

import type { WebhookChange } from "@loudhailer/whatsapp/webhook-payload.ts";
import { isUpdateField } from "../meta-updates/apply-update.ts";

/** A change whose signature was found to be right for its owner. */
export interface OwnedChange {
  change: WebhookChange;
  /** Null where nobody here has the number or WABA. */
  organizationId: string | null;
  /** Null where the change names no number, and the WABA has several. */
  providerId: string | null;
  /** Of the app secret that signed it. */
  signedWith: Buffer | null;
}

/**
 * What tells whose a change is. News of templates, numbers and accounts take effect in a whole WABA: only
 * its own app secret may sign them, whatever number they name.
 */
export function keyOfOwner({ field, phoneNumberId, wabaId }: WebhookChange) {
  return { numberId: isUpdateField(field) ? null : phoneNumberId, wabaId };
}

/** Fields of which each part concerns one number, and so one organization. */
const fieldsOfNumbers = new Set(["messages", "user_preferences", "user_id_update"]);

/**
 * Several organizations may have numbers in one WABA: each gets the change, but for people's, which
 * are nobody's where no number tells whose.
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

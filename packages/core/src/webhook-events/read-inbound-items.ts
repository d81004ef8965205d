import type { WebhookEventReason } from "@loudhailer/contracts/webhook-event-reasons.ts";
import { readInboundMessage } from "@loudhailer/whatsapp/inbound-message.ts";
import { recordOf } from "@loudhailer/whatsapp/loose-values.ts";
import { readMarketingPreference, readUserIdUpdate } from "@loudhailer/whatsapp/user-news.ts";
import { toWhatsappPerson } from "../contacts/whatsapp-person.ts";
import type { InboundItem } from "../inbound-messages/inbound-item.ts";

/** Properties of a change that its parts don't contain. */
export interface ItemContext {
  organizationId: string;
  /** Null if the change names no number and the WABA has several. */
  providerId: string | null;
  /** The change's `contacts`. */
  contacts: unknown;
  receivedAt: Date;
}

/** Returns a message to receive, or the reason why it can't be received. */
export function readInboundItem(
  raw: unknown,
  context: ItemContext,
): InboundItem | WebhookEventReason {
  const { organizationId, providerId, contacts, receivedAt } = context;
  const message = readInboundMessage(raw, contacts);
  if (!message) return "unreadable_message";
  if (providerId === null) return "unknown_number";
  const { person, identityChange, timestamp, contextWamid, ...content } = message;
  if (!person) return "no_sender";
  return {
    organizationId,
    person: toWhatsappPerson(organizationId, person),
    previous: identityChange ? toWhatsappPerson(organizationId, identityChange.previous) : null,
    at: earlier(timestamp, receivedAt),
    message: {
      ...content,
      providerId,
      payload: recordOf(raw) ?? {},
      contextWamid: contextWamid ?? null,
    },
    preference: null,
  };
}

/** Returns a marketing preference to apply, or the reason why it can't be applied. */
export function readPreferenceItem(
  raw: unknown,
  context: ItemContext,
): InboundItem | WebhookEventReason {
  const { organizationId, contacts, receivedAt } = context;
  const preference = readMarketingPreference(raw, contacts);
  if (!preference) return "unhandled_preference";
  return {
    organizationId,
    person: toWhatsappPerson(organizationId, preference.person),
    previous: null,
    at: earlier(preference.timestamp, receivedAt),
    message: null,
    preference: preference.wants ? "start" : "stop",
  };
}

/** Returns a contact's new user id, or the reason why it can't be applied. */
export function readUserIdItem(
  raw: unknown,
  context: ItemContext,
): InboundItem | WebhookEventReason {
  const { organizationId, receivedAt } = context;
  const change = readUserIdUpdate(raw);
  if (!change) return "unreadable_user_id";
  return {
    organizationId,
    person: toWhatsappPerson(organizationId, change.current),
    previous: toWhatsappPerson(organizationId, change.previous),
    at: receivedAt,
    message: null,
    preference: null,
  };
}

/** Returns `now` for a missing time and for a future one, which no past event can have. */
export function earlier(time: Date | null, now: Date): Date {
  return time === null || time > now ? now : time;
}

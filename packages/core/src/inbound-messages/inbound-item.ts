import type { WhatsappPerson } from "../contacts/whatsapp-person.ts";

/** One action of a contact from a webhook: a message, a preference, a new number or user id. */
export interface InboundItem {
  organizationId: string;
  /** The contact's current identity. */
  person: WhatsappPerson;
  /** The identity before a change of phone number or user id; null if neither changed. */
  previous: WhatsappPerson | null;
  at: Date;
  message: InboundContent | null;
  /** Marketing preference set in WhatsApp itself; a message's words are read separately. */
  preference: "stop" | "start" | null;
}

export interface InboundContent {
  providerId: string;
  wamid: string;
  type: string;
  /** The message as Meta sent it. */
  payload: object;
  contextWamid: string | null;
  isInGroup: boolean;
  isReply: boolean;
  words: readonly string[];
}

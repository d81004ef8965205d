import type { WhatsappPerson } from "../contacts/whatsapp-person.ts";

/** What a person did, as a webhook brought it: wrote, changed a preference, became another id. */
export interface InboundItem {
  organizationId: string;
  /** As they are known from now on. */
  person: WhatsappPerson;
  /** Who they were before, where a phone number or user id has changed. */
  previous: WhatsappPerson | null;
  at: Date;
  message: InboundContent | null;
  /** Of marketing messages, set in WhatsApp itself; a message's words are read besides. */
  preference: "stop" | "start" | null;
}

export interface InboundContent {
  providerId: string;
  wamid: string;
  type: string;
  /** As it came. */
  payload: object;
  contextWamid: string | null;
  isInGroup: boolean;
  isReply: boolean;
  words: readonly string[];
}

import type { WebhookPerson } from "@loudhailer/whatsapp/webhook-person.ts";
import { phoneOfWaId } from "./whatsapp-phone.ts";

/** Somebody of an organization as WhatsApp knows them; phone and user id are never both null. */
export interface WhatsappPerson {
  organizationId: string;
  /** E.164. */
  phone: string | null;
  /** The business-scoped user id. */
  userId: string | null;
  name: string | null;
}

const nameLengthMax = 200;

export function toWhatsappPerson(
  organizationId: string,
  { waId, userId, name }: WebhookPerson,
): WhatsappPerson {
  return {
    organizationId,
    phone: waId === undefined ? null : phoneOfWaId(waId),
    userId: userId ?? null,
    name: name?.slice(0, nameLengthMax).toWellFormed() ?? null,
  };
}

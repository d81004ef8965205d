import type { WebhookPerson } from "@loudhailer/whatsapp/webhook-person.ts";
import { phoneOfWaId } from "./whatsapp-phone.ts";

/** A person of one organization as WhatsApp identifies them; `phone` or `userId` is not null. */
export interface WhatsappPerson {
  organizationId: string;
  /** The phone number in E.164. */
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

import { idOf, recordOf } from "./loose-values.ts";

/** Who wrote; `waId` and `userId` are never both absent. */
export interface WebhookPerson {
  /** The phone number, digits only. */
  waId?: string;
  /** The business-scoped user id: all there is of who has a username and no phone number. */
  userId?: string;
  /** The name of the person's own choice. */
  name?: string;
}

/** One of a change's `contacts`. */
export function personOfContact(raw: unknown): Partial<WebhookPerson> {
  const contact = recordOf(raw);
  const waId = digitsOf(contact?.["wa_id"]);
  const userId = idOf(contact?.["user_id"]);
  const name = idOf(recordOf(contact?.["profile"])?.["name"]);
  return {
    ...(waId !== undefined && { waId }),
    ...(userId !== undefined && { userId }),
    ...(name !== undefined && { name }),
  };
}

/** Null where there is neither phone number nor user id. */
export function personOf(parts: {
  waId: string | undefined;
  userId: string | undefined;
  name?: string | undefined;
}): WebhookPerson | null {
  const { waId, userId, name } = parts;
  if (waId === undefined && userId === undefined) return null;
  return {
    ...(waId !== undefined && { waId }),
    ...(userId !== undefined && { userId }),
    ...(name !== undefined && { name }),
  };
}

/** A phone number as WhatsApp writes it; undefined for what is none. */
export function digitsOf(value: unknown): string | undefined {
  const digits = idOf(value)?.replace(/^\+/, "");
  return digits !== undefined && /^\d{5,20}$/.test(digits) ? digits : undefined;
}

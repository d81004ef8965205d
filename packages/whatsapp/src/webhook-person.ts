import { idOf, recordOf } from "./loose-values.ts";

/** Sender of a message. At least one of `waId` and `userId` is present. */
export interface WebhookPerson {
  /** The phone number, digits only. */
  waId?: string;
  /** Business-scoped user id: the only id of a person with a username and no phone number. */
  userId?: string;
  /** Profile name that the person chose. */
  name?: string;
}

interface PersonParts {
  waId?: string | undefined;
  userId?: string | undefined;
  name?: string | undefined;
}

/** Reads one of a change's `contacts`. */
export function personOfContact(raw: unknown): PersonParts {
  const contact = recordOf(raw);
  return {
    waId: digitsOf(contact?.["wa_id"]),
    userId: idOf(contact?.["user_id"]),
    name: idOf(recordOf(contact?.["profile"])?.["name"]),
  };
}

/** Returns null if both phone number and user id are absent. */
export function personOf({ waId, userId, name }: PersonParts): WebhookPerson | null {
  if (waId === undefined && userId === undefined) return null;
  return {
    ...(waId !== undefined && { waId }),
    ...(userId !== undefined && { userId }),
    ...(name !== undefined && { name }),
  };
}

/** Returns a phone number in WhatsApp's form, digits only; undefined if the value isn't one. */
export function digitsOf(value: unknown): string | undefined {
  const digits = idOf(value)?.replace(/^\+/, "");
  return digits !== undefined && /^\d{5,20}$/.test(digits) ? digits : undefined;
}

import { normalizePhone } from "./normalize-phone.ts";

/** E.164 of a number as WhatsApp writes it (digits, no plus): as an import would have read it. */
export function phoneOfWaId(waId: string): string {
  const normalized = normalizePhone(`+${waId}`);
  // Meta says that it is one: our list of countries' numbers may lag behind.
  return "phone" in normalized ? normalized.phone : `+${waId}`;
}

/**
 * `phone` first, then other spellings of the same number: Brazilian mobile numbers have got a 9 in
 * front that WhatsApp's ids of older accounts lack; Argentina's have one abroad that they lack at home.
 */
export function phoneSpellings(phone: string): string[] {
  const brazil = /^\+55(\d{2})(9?)([6-9]\d{7})$/.exec(phone);
  if (brazil) {
    const [, area, nine, rest] = brazil;
    return [phone, nine === "" ? `+55${area}9${rest}` : `+55${area}${rest}`];
  }
  const argentina = /^\+54(9?)(\d{10})$/.exec(phone);
  if (argentina) {
    const [, nine, rest] = argentina;
    return [phone, nine === "" ? `+549${rest}` : `+54${rest}`];
  }
  return [phone];
}

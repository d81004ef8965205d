import { sql, type RawBuilder } from "kysely";
import { normalizePhone } from "./normalize-phone.ts";

/** Converts WhatsApp's form of a number (digits, no plus) to E.164, as an import would. */
export function phoneOfWaId(waId: string): string {
  const normalized = normalizePhone(`+${waId}`);
  // Meta reports it as a phone number: our metadata of numbering plans may lag behind.
  return "phone" in normalized ? normalized.phone : `+${waId}`;
}

/**
 * Returns `phone` first, then the other spelling of the same number, if any. Brazil's mobile
 * numbers got a 9 in front that WhatsApp's ids of older accounts lack. Argentina's have a 9 in
 * international form that they lack in national form.
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

/** Returns SQL for the other spelling of an E.164 column, as in `phoneSpellings`; null if none. */
export function otherSpellingSql(phone: string): RawBuilder<string | null> {
  return sql.raw(`case
    when ${phone} ~ '^\\+55\\d{2}9[6-9]\\d{7}$' then left(${phone}, 5) || substr(${phone}, 7)
    when ${phone} ~ '^\\+55\\d{2}[6-9]\\d{7}$' then left(${phone}, 5) || '9' || substr(${phone}, 6)
    when ${phone} ~ '^\\+549\\d{10}$' then '+54' || substr(${phone}, 5)
    when ${phone} ~ '^\\+54\\d{10}$' then '+549' || substr(${phone}, 4)
  end`);
}

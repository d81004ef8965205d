import { sql, type RawBuilder } from "kysely";
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

/** The other spelling in SQL of a column in E.164, as `phoneSpellings` has it; null for none. */
export function otherSpellingSql(phone: string): RawBuilder<string | null> {
  return sql.raw(`case
    when ${phone} ~ '^\\+55\\d{2}9[6-9]\\d{7}$' then left(${phone}, 5) || substr(${phone}, 7)
    when ${phone} ~ '^\\+55\\d{2}[6-9]\\d{7}$' then left(${phone}, 5) || '9' || substr(${phone}, 6)
    when ${phone} ~ '^\\+549\\d{10}$' then '+54' || substr(${phone}, 5)
    when ${phone} ~ '^\\+54\\d{10}$' then '+549' || substr(${phone}, 4)
  end`);
}

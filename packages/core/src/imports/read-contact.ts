import { importTagLengthMax, type ImportedContact } from "@loudhailer/contracts/contact-imports.ts";
import type { CountryCode } from "libphonenumber-js/max";
import { normalizePhone } from "../contacts/normalize-phone.ts";
import type { CsvRecord } from "./csv-scanner.ts";
import type { ColumnTarget } from "./match-columns.ts";
import { fieldLengthMax, type RejectionReason } from "./rejection-reasons.ts";

/**
 * Returns the contact in one row, or the reason why the row is rejected. Only the phone number must
 * be valid: an email address is stored as written, since nothing is sent to it. Empty fields are
 * dropped, so that they don't erase existing values.
 */
export function readContact(
  record: CsvRecord,
  targets: ColumnTarget[],
  defaultCountry: CountryCode | undefined,
): ImportedContact | { reason: RejectionReason } {
  if (record.fault !== undefined) return { reason: record.fault };
  const { fields } = record;
  if (fields.length !== targets.length) return { reason: "wrong_field_count" };
  if (fields.some((field) => field.length > fieldLengthMax)) return { reason: "field_too_long" };
  const contact: ImportedContact = { phone: "", name: null, email: null, attributes: {}, tags: [] };
  const attributes = new Map<string, string>();
  let phone = "";
  for (const [index, target] of targets.entries()) {
    const value = fields[index]?.trim() ?? "";
    if (target === null || value === "") continue;
    if ("attribute" in target) attributes.set(target.attribute, value);
    else if (target.field === "phone") phone = value;
    else if (target.field === "tags") contact.tags.push(...splitTags(value));
    else contact[target.field] = value;
  }
  if (contact.tags.some((tag) => tag.length > importTagLengthMax)) {
    return { reason: "tag_too_long" };
  }
  const normalized = normalizePhone(phone, defaultCountry);
  if ("reason" in normalized) return normalized;
  // Object.fromEntries, because a column may be named __proto__.
  return {
    ...contact,
    phone: normalized.phone,
    attributes: Object.fromEntries(attributes),
    tags: [...new Set(contact.tags)],
  };
}

function splitTags(value: string): string[] {
  return value
    .split(/[;,]/)
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "");
}

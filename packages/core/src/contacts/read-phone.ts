import { invalidRequest } from "../invalid-field.ts";
import { normalizePhone, phoneCountry } from "./normalize-phone.ts";
import { phoneProblemWords } from "./phone-problems.ts";

/**
 * Converts a phone number to E.164.
 * @throws DomainError `invalid_input` naming the field if the number or the country isn't valid
 */
export function readPhone(text: string, country?: string): string {
  const defaultCountry = country === undefined ? undefined : phoneCountry(country);
  if (country !== undefined && defaultCountry === undefined) {
    throw invalidRequest("defaultCountry", "is not a country; use its two letters, such as DE");
  }
  const normalized = normalizePhone(text, defaultCountry);
  if ("reason" in normalized) throw invalidRequest("phone", phoneProblemWords[normalized.reason]);
  return normalized.phone;
}

import { DomainError } from "../domain-error.ts";
import { normalizePhone, phoneCountry } from "./normalize-phone.ts";
import { phoneProblemWords } from "./phone-problems.ts";

/**
 * Converts a phone number to E.164.
 *
 * @throws DomainError `invalid_input` naming the field if the number or the country isn't valid
 */
export function readPhone(text: string, country?: string): string {
  const defaultCountry = country === undefined ? undefined : phoneCountry(country);
  if (country !== undefined && defaultCountry === undefined) {
    throw invalid("defaultCountry", "is not a country; use its two letters, such as DE");
  }
  const normalized = normalizePhone(text, defaultCountry);
  if ("reason" in normalized) throw invalid("phone", phoneProblemWords[normalized.reason]);
  return normalized.phone;
}

function invalid(path: string, message: string): DomainError {
  return new DomainError("invalid_input", `The request is not valid. ${path}: ${message}`, {
    fields: [{ path, message }],
  });
}

import { DomainError } from "./domain-error.ts";

/** Bad input in one field: `message` goes on where its path begins, as in "is not a country". */
export function invalidField(path: string, message: string): DomainError {
  return new DomainError("invalid_input", `${path} ${message}.`, { fields: [{ path, message }] });
}

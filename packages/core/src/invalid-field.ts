import { DomainError } from "./domain-error.ts";

/** Returns the error for one bad field; `message` continues its path, as in "is not a country". */
export function invalidField(path: string, message: string): DomainError {
  return new DomainError("invalid_input", `${path} ${message}.`, { fields: [{ path, message }] });
}

import { DomainError } from "../domain-error.ts";

/** Returns the error for contacts that concurrent transactions change at every attempt. */
export function contendedContacts(): DomainError {
  return new DomainError(
    "unavailable",
    "These contacts are being changed by other requests. Try again in a moment.",
  );
}

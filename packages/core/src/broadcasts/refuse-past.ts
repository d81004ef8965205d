import { DomainError } from "../domain-error.ts";

/** Throws `invalid_input` for a moment (ISO 8601) that is past; `advice` says what to do instead. */
export function refusePast(scheduledAt: string, advice: string): void {
  if (Date.parse(scheduledAt) > Date.now()) return;
  throw new DomainError("invalid_input", `scheduledAt is in the past. ${advice}`, {
    field: "scheduledAt",
  });
}

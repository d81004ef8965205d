import type { ZodError } from "zod";
import { DomainError } from "./domain-error.ts";

/** Returns the error for one bad field; `message` continues its path, as in "is not a country". */
export function invalidField(path: string, message: string): DomainError {
  return new DomainError("invalid_input", `${path} ${message}.`, { fields: [{ path, message }] });
}

/**
 * Returns the error that names several bad fields after `intro`. A field with an empty path is the
 * body as a whole.
 */
export function invalidFields(
  intro: string,
  fields: readonly { path: string; message: string }[],
): DomainError {
  const errors = fields.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  return new DomainError("invalid_input", `${intro} ${errors.join("; ")}`.trimStart(), { fields });
}

/** Returns the error for one bad field in the words of a request that its schema refuses. */
export function invalidRequest(path: string, message: string): DomainError {
  return invalidFields("The request is not valid.", [{ path, message }]);
}

/** Returns the bad fields that a schema has found. */
export function fieldsOf({ issues }: ZodError): { path: string; message: string }[] {
  return issues.map(({ path, message }) => ({ path: path.join("."), message }));
}

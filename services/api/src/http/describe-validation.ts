import { DomainError } from "@loudhailer/core/domain-error.ts";
import type { FastifyError } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";

interface FieldError {
  /** Path such as `segmentCriteria.rules.0.field`. Empty for the body as a whole. */
  path: string;
  message: string;
}

/**
 * Translates a failed validation into an error that names every invalid field. A malformed id in
 * the path becomes `not_found`, since nothing can have it. Returns null for any other error.
 */
export function describeValidation(error: FastifyError): DomainError | null {
  if (!hasZodFastifySchemaValidationErrors(error)) return null;
  if (error.validationContext === "params") {
    return new DomainError("not_found", "There is nothing with this id.");
  }
  const fields = error.validation.map(({ instancePath, message }): FieldError => ({
    path: instancePath.replace(/^\//, "").replaceAll("/", "."),
    message: message ?? "is not valid",
  }));
  const sentences = fields.map(({ path, message }) =>
    path === "" ? message : `${path}: ${message}`,
  );
  return new DomainError("invalid_input", `The request is not valid. ${sentences.join("; ")}`, {
    fields,
  });
}

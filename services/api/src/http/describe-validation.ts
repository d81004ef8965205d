import { DomainError } from "@loudhailer/core/domain-error.ts";
import { invalidFields } from "@loudhailer/core/invalid-field.ts";
import type { FastifyError } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";

/**
 * Translates a failed validation into an error that names every invalid field. A malformed id in
 * the path becomes `not_found`, since nothing can have it. Returns null for any other error.
 */
export function describeValidation(error: FastifyError): DomainError | null {
  if (!hasZodFastifySchemaValidationErrors(error)) return null;
  if (error.validationContext === "params") {
    return new DomainError("not_found", "There is nothing with this id.");
  }
  const fields = error.validation.map(({ instancePath, message }) => ({
    // Such as `segmentCriteria.rules.0.field`.
    path: instancePath.replace(/^\//, "").replaceAll("/", "."),
    message: message ?? "is not valid",
  }));
  return invalidFields("The request is not valid.", fields);
}

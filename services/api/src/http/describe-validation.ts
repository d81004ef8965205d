import { DomainError } from "@loudhailer/core/domain-error.ts";
import type { FastifyError } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";

interface FieldFault {
  /** `segmentCriteria.rules.0.field`; empty for the body as a whole. */
  path: string;
  message: string;
}

/**
 * Every bad field at once. An id in the path that can't be one names nothing: `not_found`. Null
 * where the error is no failed validation.
 */
export function describeValidation(error: FastifyError): DomainError | null {
  if (!hasZodFastifySchemaValidationErrors(error)) return null;
  if (error.validationContext === "params") {
    return new DomainError("not_found", "There is nothing with this id.");
  }
  const fields = error.validation.map(({ instancePath, message }): FieldFault => ({
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

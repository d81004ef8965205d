import type { ErrorCode } from "@loudhailer/contracts/error-codes.ts";

/**
 * The one error the domain throws on purpose. `message` is for the person who asked and says
 * what to do; `details` is machine-readable. Each transport translates `code`; whatever else is
 * thrown is a fault of ours.
 */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly details: unknown;

  constructor(code: ErrorCode, message: string, details?: unknown) {
    super(message);
    this.name = "DomainError";
    this.code = code;
    this.details = details;
  }
}

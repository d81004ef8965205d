import type { ErrorCode } from "@loudhailer/contracts/error-codes.ts";

/**
 * The only error that the domain throws on purpose. `message` tells the caller what to do,
 * `details` is machine-readable, and each transport translates `code`. Any other error is a bug.
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

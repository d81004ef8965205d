import type { DomainError } from "./domain-error.ts";
import { invalidField } from "./invalid-field.ts";

/** A cursor that is the text a page ends with. */
export function encodeTextCursor(text: string): string {
  return Buffer.from(text).toString("base64url");
}

/** Throws `invalid_input` for what encodeTextCursor can't have made. */
export function decodeTextCursor(cursor: string): string {
  const text = Buffer.from(cursor, "base64url").toString();
  if (encodeTextCursor(text) === cursor && !text.includes("\0")) return text;
  throw invalidCursor();
}

export function invalidCursor(): DomainError {
  return invalidField("cursor", "must be a nextCursor that this list answered");
}

import type { DomainError } from "./domain-error.ts";
import { invalidField } from "./invalid-field.ts";

/** Encodes the text of a page's last row as a cursor. */
export function encodeTextCursor(text: string): string {
  return Buffer.from(text).toString("base64url");
}

/**
 * Decodes a cursor made by `encodeTextCursor`.
 * @throws DomainError `invalid_input` if `encodeTextCursor` can't have made the cursor
 */
export function decodeTextCursor(cursor: string): string {
  const text = Buffer.from(cursor, "base64url").toString();
  if (encodeTextCursor(text) === cursor && !text.includes("\0")) return text;
  throw invalidCursor();
}

export function invalidCursor(): DomainError {
  return invalidField("cursor", "must be a nextCursor that this list answered");
}

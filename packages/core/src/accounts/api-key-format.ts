import { createHash, randomBytes, randomInt } from "node:crypto";

export type ApiKeyScope = "read" | "write";

const PREFIX_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
const PREFIX_LENGTH = 8;
const SECRET_BYTES = 32;
const FORMAT = /^(lh_[a-z0-9]{8})_[\w-]{43}$/;

/** A new key, `lh_<prefix>_<secret>`: 256 random bits behind a prefix that may be shown. */
export function generateApiKey(): string {
  const prefix = Array.from(
    { length: PREFIX_LENGTH },
    () => PREFIX_ALPHABET[randomInt(PREFIX_ALPHABET.length)],
  ).join("");
  return `lh_${prefix}_${randomBytes(SECRET_BYTES).toString("base64url")}`;
}

/** `lh_<prefix>`, the part that may be shown; null where the text is no key of ours. */
export function prefixOfApiKey(apiKey: string): string | null {
  return FORMAT.exec(apiKey)?.[1] ?? null;
}

/** SHA-256, unsalted: what it hides is already 256 random bits, and the hash must be findable. */
export function hashApiKey(apiKey: string): Buffer {
  return createHash("sha256").update(apiKey).digest();
}

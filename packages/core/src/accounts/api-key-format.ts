import { createHash, randomBytes, randomInt } from "node:crypto";

export type ApiKeyScope = "read" | "write";

const prefixAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";
const prefixLength = 8;
const secretBytes = 32;
const format = /^(lh_[a-z0-9]{8})_[\w-]{43}$/;

/** A new key, `lh_<prefix>_<secret>`: 256 random bits behind a prefix that may be shown. */
export function generateApiKey(): string {
  const prefix = Array.from(
    { length: prefixLength },
    () => prefixAlphabet[randomInt(prefixAlphabet.length)],
  ).join("");
  return `lh_${prefix}_${randomBytes(secretBytes).toString("base64url")}`;
}

/** `lh_<prefix>`, the part that may be shown; null where the text is no key of ours. */
export function prefixOfApiKey(apiKey: string): string | null {
  return format.exec(apiKey)?.[1] ?? null;
}

/** SHA-256, unsalted: what it hides is already 256 random bits, and the hash must be findable. */
export function hashApiKey(apiKey: string): Buffer {
  return createHash("sha256").update(apiKey).digest();
}

import { createHash, randomBytes, randomInt } from "node:crypto";

export type ApiKeyScope = "read" | "write";

const prefixAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";
const prefixLength = 8;
const secretBytes = 32;
const format = /^(lh_[a-z0-9]{8})_[\w-]{43}$/;

/** Creates a key `lh_<prefix>_<secret>`: 256 random bits after a prefix that may be shown. */
export function generateApiKey(): string {
  const prefix = Array.from(
    { length: prefixLength },
    () => prefixAlphabet[randomInt(prefixAlphabet.length)],
  ).join("");
  return `lh_${prefix}_${randomBytes(secretBytes).toString("base64url")}`;
}

/** Returns `lh_<prefix>`, the part that may be shown, or null if the text isn't a valid key. */
export function prefixOfApiKey(apiKey: string): string | null {
  return format.exec(apiKey)?.[1] ?? null;
}

/** Returns the unsalted SHA-256: a key has 256 random bits already, and is found by its hash. */
export function hashApiKey(apiKey: string): Buffer {
  return createHash("sha256").update(apiKey).digest();
}

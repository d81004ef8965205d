import { createHash } from "node:crypto";

/**
 * Returns a fingerprint that is equal for equal app secrets but doesn't reveal them. Meta's secrets
 * are 128 random bits, which can't be found by trying.
 */
export function secretFingerprint(appSecret: string): Buffer {
  return createHash("sha256").update(`loudhailer app secret ${appSecret}`).digest().subarray(0, 16);
}

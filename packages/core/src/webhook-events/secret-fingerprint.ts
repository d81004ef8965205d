import { createHash } from "node:crypto";

/**
 * Tells whether two app secrets are the same one, without being one. Meta's are 128 random bits, so
 * that nobody finds the secret by trying.
 */
export function secretFingerprint(appSecret: string): Buffer {
  return createHash("sha256").update(`loudhailer app secret ${appSecret}`).digest().subarray(0, 16);
}

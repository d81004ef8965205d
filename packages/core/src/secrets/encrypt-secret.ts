import { createCipheriv, randomBytes } from "node:crypto";
import type { Keyring } from "@loudhailer/runtime/keyring.ts";

// 96 random bits: the IV length that GCM is specified for (NIST SP 800-38D, 8.2.2).
const ivBytes = 12;

/**
 * Encrypts with AES-256-GCM and the keyring's current key. Returns
 * `v1:<keyId>:<base64url of iv|tag|ciphertext>`. Also authenticates the version and the key id.
 * Never returns the same ciphertext twice for one plaintext.
 */
export function encryptSecret(keyring: Keyring, plaintext: string): string {
  const key = keyring.keys.get(keyring.currentId);
  if (key === undefined) throw new Error("the keyring lacks its current key");
  const head = `v1:${keyring.currentId}`;
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(head));
  const ciphertext = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final()]);
  const packed = Buffer.concat([iv, cipher.getAuthTag(), ciphertext]);
  return `${head}:${packed.toString("base64url")}`;
}

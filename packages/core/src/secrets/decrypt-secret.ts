import { createDecipheriv } from "node:crypto";
import type { Keyring } from "@loudhailer/runtime/keyring.ts";

const ivBytes = 12;
const tagBytes = 16;

/**
 * Returns the plaintext that `encryptSecret` encrypted.
 * @throws Error (an operator's mistake, not a caller's) if the text isn't in the form of
 *   `encryptSecret`, its key isn't in the keyring, or it was altered
 */
export function decryptSecret(keyring: Keyring, ciphertext: string): string {
  const [, keyId = "", packed = ""] = /^v1:([\w-]+):([\w-]+)$/.exec(ciphertext) ?? [];
  if (packed === "") throw new Error("a stored secret is not in the form v1:<key id>:<data>");
  const key = keyring.keys.get(keyId);
  if (key === undefined) {
    throw new Error(`ENCRYPTION_KEYS lacks the key "${keyId}" that a stored secret needs`);
  }
  const bytes = Buffer.from(packed, "base64url");
  const iv = bytes.subarray(0, ivBytes);
  const tag = bytes.subarray(ivBytes, ivBytes + tagBytes);
  if (tag.length !== tagBytes) throw new Error("a stored secret is cut short");
  const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: tagBytes })
    .setAAD(Buffer.from(`v1:${keyId}`))
    .setAuthTag(tag);
  const plaintext = decipher.update(bytes.subarray(ivBytes + tagBytes));
  return Buffer.concat([plaintext, decipher.final()]).toString("utf8");
}

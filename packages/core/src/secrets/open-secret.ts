import type { Keyring } from "@loudhailer/runtime/keyring.ts";
import { DomainError } from "../domain-error.ts";
import { decryptSecret } from "./decrypt-secret.ts";

/** Null for none, and for one that none of our keys opens. */
export function openSecret(keyring: Keyring, ciphertext: string | null): string | null {
  try {
    return ciphertext && decryptSecret(keyring, ciphertext);
  } catch {
    return null;
  }
}

/** Throws `conflict` for a token that none of our keys opens. */
export function openAccessToken(keyring: Keyring, ciphertext: string): string {
  const accessToken = openSecret(keyring, ciphertext);
  if (accessToken !== null) return accessToken;
  throw new DomainError(
    "conflict",
    "The number's access token can't be decrypted with this server's ENCRYPTION_KEYS: add the key it was saved with, or give the number a new access token.",
  );
}

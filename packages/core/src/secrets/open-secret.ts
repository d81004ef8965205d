import type { Keyring } from "@loudhailer/runtime/keyring.ts";
import { DomainError } from "../domain-error.ts";
import { decryptSecret } from "./decrypt-secret.ts";

/** Decrypts a secret; returns null if there is none or no key in the keyring decrypts it. */
export function openSecret(keyring: Keyring, ciphertext: string | null): string | null {
  try {
    return ciphertext && decryptSecret(keyring, ciphertext);
  } catch {
    return null;
  }
}

/**
 * Decrypts a number's access token.
 *
 * @throws DomainError `conflict` if no key in the keyring decrypts it
 */
export function openAccessToken(keyring: Keyring, ciphertext: string): string {
  const accessToken = openSecret(keyring, ciphertext);
  if (accessToken !== null) return accessToken;
  throw new DomainError(
    "conflict",
    "The number's access token can't be decrypted with this server's ENCRYPTION_KEYS: add the key it was saved with, or give the number a new access token.",
  );
}

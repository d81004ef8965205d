import type { Keyring } from "@loudhailer/runtime/keyring.ts";
import { DomainError } from "../domain-error.ts";
import { decryptOrNull } from "./decrypt-or-null.ts";

/**
 * Decrypts a number's access token.
 * @throws DomainError `conflict` if no key in the keyring decrypts it
 */
export function decryptAccessToken(keyring: Keyring, ciphertext: string): string {
  const accessToken = decryptOrNull(keyring, ciphertext);
  if (accessToken !== null) return accessToken;
  throw new DomainError(
    "conflict",
    "The number's access token can't be decrypted with this server's ENCRYPTION_KEYS: add the key it was saved with, or give the number a new access token.",
  );
}

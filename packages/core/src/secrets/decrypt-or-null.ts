import type { Keyring } from "@loudhailer/runtime/keyring.ts";
import { decryptSecret } from "./decrypt-secret.ts";

/** Decrypts a secret. Returns null if there is none or no key in the keyring decrypts it. */
export function decryptOrNull(keyring: Keyring, ciphertext: string | null): string | null {
  try {
    return ciphertext && decryptSecret(keyring, ciphertext);
  } catch {
    return null;
  }
}

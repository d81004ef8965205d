import { randomBytes } from "node:crypto";
import type { Keyring } from "@loudhailer/runtime/keyring.ts";
import { expect, test } from "vitest";
import { decryptSecret } from "./decrypt-secret.ts";
import { encryptSecret } from "./encrypt-secret.ts";

const key = () => randomBytes(32);

function keyring(
  currentId: string,
  keys: Record<string, Buffer> = { [currentId]: key() },
): Keyring {
  return { currentId, keys: new Map(Object.entries(keys)) };
}

test("decrypts a secret unchanged and never returns the same ciphertext twice", () => {
  const ring = keyring("k1");
  const [first, second] = [encryptSecret(ring, "EAAB-ü-😀"), encryptSecret(ring, "EAAB-ü-😀")];
  expect(decryptSecret(ring, first)).toBe("EAAB-ü-😀");
  expect(first).not.toBe(second);
  expect(first).toMatch(/^v1:k1:[\w-]+$/);
  expect(decryptSecret(ring, encryptSecret(ring, ""))).toBe("");
});

test("encrypts with the new key after a rotation and still decrypts with the old one", () => {
  const old = key();
  const ciphertext = encryptSecret(keyring("old", { old }), "secret");
  const rotated = keyring("new", { new: key(), old });
  expect(decryptSecret(rotated, ciphertext)).toBe("secret");
  expect(encryptSecret(rotated, "secret")).toMatch(/^v1:new:/);
});

test("rejects an altered or malformed ciphertext, another key id and a missing key", () => {
  const ring = keyring("k1", { k1: key(), k2: key() });
  const ciphertext = encryptSecret(ring, "the-secret-token");
  const middle = ciphertext.length - 8;
  const flipped =
    ciphertext.slice(0, middle) +
    (ciphertext[middle] === "A" ? "B" : "A") +
    ciphertext.slice(middle + 1);
  expect(() => decryptSecret(ring, flipped)).toThrow(/authenticate/);
  expect(() => decryptSecret(ring, ciphertext.replace("v1:k1", "v1:k2"))).toThrow(/authenticate/);
  expect(() => decryptSecret(ring, "the-secret-token")).toThrow(/not in the form/);
  expect(() => decryptSecret(ring, "v1:k1:AAAA")).toThrow(/cut short/);
  expect(() => decryptSecret(keyring("k3"), ciphertext)).toThrow(/"k1"/);
});

/** Returns the id of the key that encrypted a ciphertext, or null if the text isn't one. */
export function keyIdOf(ciphertext: string): string | null {
  return /^v1:([\w-]+):/.exec(ciphertext)?.[1] ?? null;
}

/** The id of the key that a ciphertext of ours was made with; null for what is none. */
export function keyIdOf(ciphertext: string): string | null {
  return /^v1:([\w-]+):/.exec(ciphertext)?.[1] ?? null;
}

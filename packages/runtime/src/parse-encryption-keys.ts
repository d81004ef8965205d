import type { Keyring } from "./keyring.ts";

const keyBytes = 32;
const entryShape = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/_-]+={0,2})$/;

/**
 * Parses `id:base64key,…` (ENCRYPTION_KEYS). The first key is the current one. Returns an error
 * text if the value is malformed. It names an entry by its position, never by its content.
 */
export function parseEncryptionKeys(text: string): Keyring | { error: string } {
  const keys = new Map<string, Buffer>();
  let currentId: string | undefined;
  for (const [index, entry] of text.split(",").entries()) {
    const place = `entry ${index + 1}`;
    const [, id, encoded] = entryShape.exec(entry.trim()) ?? [];
    if (id === undefined || encoded === undefined) {
      return { error: `${place} is not of the form id:base64key` };
    }
    const key = Buffer.from(encoded, "base64");
    if (key.length !== keyBytes) {
      return { error: `${place} has a key of ${key.length} bytes; it must have ${keyBytes}` };
    }
    if (keys.has(id)) return { error: `${place} repeats the id of an earlier one` };
    keys.set(id, key);
    currentId ??= id;
  }
  return currentId === undefined ? { error: "holds no key" } : { currentId, keys };
}

/** AES-256 keys by id. What is encrypted now uses `currentId`; the others still decrypt. */
export interface Keyring {
  currentId: string;
  keys: ReadonlyMap<string, Buffer>;
}

const keyBytes = 32;
const entryShape = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/_-]+={0,2})$/;

/**
 * Reads `id:base64key,…` (ENCRYPTION_KEYS), the first being the current one. Answers the fault as
 * text instead when it is malformed, naming an entry by its place, never by its content.
 */
export function parseEncryptionKeys(text: string): Keyring | { fault: string } {
  const keys = new Map<string, Buffer>();
  let currentId: string | undefined;
  for (const [index, entry] of text.split(",").entries()) {
    const place = `entry ${index + 1}`;
    const [, id, encoded] = entryShape.exec(entry.trim()) ?? [];
    if (id === undefined || encoded === undefined) {
      return { fault: `${place} is not of the form id:base64key` };
    }
    const key = Buffer.from(encoded, "base64");
    if (key.length !== keyBytes) {
      return { fault: `${place} has a key of ${key.length} bytes; it must have ${keyBytes}` };
    }
    if (keys.has(id)) return { fault: `${place} repeats the id of an earlier one` };
    keys.set(id, key);
    currentId ??= id;
  }
  return currentId === undefined ? { fault: "holds no key" } : { currentId, keys };
}

// MurmurHash3's 32-bit finalizer: every input bit affects every output bit.
function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Returns a signed 32-bit hash of an integer of up to 53 bits. */
export function hashInteger(value: number, seed: number): number {
  const low = value >>> 0;
  const high = Math.floor(value / 0x1_0000_0000) | 0;
  return mix(mix(low ^ seed) ^ Math.imul(high, 0x9e3779b1));
}

/** Returns a signed 32-bit hash of a string (FNV-1a, finalized). */
export function hashText(text: string, seed: number): number {
  let h = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix(h);
}

/** Returns a number in [0, 1) that depends only on the three arguments. */
export function drawShare(value: number, salt: number, seed: number): number {
  return (hashInteger(value, Math.imul(salt, 0x9e3779b1) ^ seed) >>> 0) / 0x1_0000_0000;
}

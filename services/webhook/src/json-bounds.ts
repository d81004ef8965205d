const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const opening = new Set([0x5b, 0x7b]);
const closing = new Set([0x5d, 0x7d]);

export interface JsonBounds {
  /** How deep arrays and objects may stand in each other. */
  depthMax: number;
  /** How many arrays, objects and values beside others there may be. */
  valuesMax: number;
}

/**
 * Whether JSON stays within bounds, told from its bytes: 3 MB of brackets would become 100 MB of
 * objects. Nothing else of it is checked. 3 MB take 15 ms.
 */
export function isWithinBounds(json: Uint8Array, { depthMax, valuesMax }: JsonBounds): boolean {
  let depth = 0;
  let values = 0;
  let isInString = false;
  for (let index = 0; index < json.length; index++) {
    const byte = json[index] ?? 0;
    if (isInString) {
      if (byte === backslash) index++;
      else if (byte === quote) isInString = false;
    } else if (byte === quote) isInString = true;
    else if (byte === comma) values++;
    else if (opening.has(byte)) {
      values++;
      depth++;
      if (depth > depthMax) return false;
    } else if (closing.has(byte)) depth--;
    if (values > valuesMax) return false;
  }
  return true;
}

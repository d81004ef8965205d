const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const opening = new Set([0x5b, 0x7b]);
const closing = new Set([0x5d, 0x7d]);

export interface JsonBounds {
  /** Maximum depth of nested arrays and objects. */
  depthMax: number;
  /** Maximum number of arrays, objects and commas between values. */
  valuesMax: number;
}

/**
 * Returns true if JSON stays within bounds. Counts its bytes without parsing them, because 3 MB of
 * brackets would become 100 MB of objects. Checks nothing else. 3 MB take 15 ms.
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

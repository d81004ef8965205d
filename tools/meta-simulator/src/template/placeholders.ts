/** Placeholders of a template text, and the length of the text without them. */
export interface Slots {
  /** Each placeholder once, in the order of sending: by number, or as in the text if named. */
  readonly names: readonly string[];
  readonly fixedLength: number;
  /** Number of times that each placeholder occurs in the text. */
  readonly uses: readonly number[];
}

const placeholder = /\{\{\s*(\w+)\s*\}\}/g;

export function findSlots(text: string): Slots {
  const uses = new Map<string, number>();
  for (const [, name = ""] of text.matchAll(placeholder)) uses.set(name, (uses.get(name) ?? 0) + 1);
  const names = [...uses.keys()];
  if (names.every((name) => /^\d+$/.test(name))) names.sort((a, b) => Number(a) - Number(b));
  return {
    names,
    fixedLength: text.replaceAll(placeholder, "").length,
    uses: names.map((name) => uses.get(name) ?? 1),
  };
}

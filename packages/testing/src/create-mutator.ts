/** Returns functions that change JSON at random, in the same way for the same seed. */
export function createMutator(seed: number) {
  let state = seed | 0;
  // mulberry32
  function random(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  function pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new Error("there is nothing to pick from");
    return item;
  }

  function strange(old: unknown): unknown {
    return pick<() => unknown>([
      () => null,
      () => true,
      () => 0,
      () => -1,
      () => 1e308,
      () => Number.MAX_SAFE_INTEGER + 1,
      () => "",
      () => "\0",
      () => "a\0b",
      () => "\ud800",
      () => "😀".repeat(100),
      () => "x".repeat(20_000),
      () => "99999999999999999999",
      () => "-1",
      () => "'; drop table contacts; --",
      () => "2026-02-30T25:61:00Z",
      () => [],
      () => ({}),
      () => [old, old, old],
      () => ({ [String(old)]: old }),
      () => nested(old, 1_000),
      () => String(old),
      () => Number(old),
    ])();
  }

  function changeAnywhere(value: unknown): unknown {
    const isInner = typeof value === "object" && value !== null && random() < 0.93;
    if (!isInner) return strange(value);
    if (Array.isArray(value)) {
      if (value.length === 0) return [strange(null)];
      const index = Math.floor(random() * value.length);
      const copy: unknown[] = [...value];
      const roll = random();
      if (roll < 0.1) copy.splice(index, 1);
      else if (roll < 0.2) copy.push(...copy);
      else copy[index] = changeAnywhere(copy[index]);
      return copy;
    }
    const entries: [string, unknown][] = Object.entries(value);
    if (entries.length === 0) return { added: strange(null) };
    const index = Math.floor(random() * entries.length);
    const [key, inner] = entries[index] ?? ["", null];
    const roll = random();
    if (roll < 0.1) entries.splice(index, 1);
    else if (roll < 0.15) entries[index] = [`${key}\0`, inner];
    else entries[index] = [key, changeAnywhere(inner)];
    return Object.fromEntries(entries);
  }

  return {
    /** Returns a number from 0 (included) to 1 (excluded). */
    random,
    pick,
    strange,
    /** Returns a copy of `original` with one to six changes, always an object. */
    mutate: (original: object): object => {
      let changed: unknown = structuredClone(original);
      for (let left = 1 + Math.floor(random() * 6); left > 0; left--) {
        changed = changeAnywhere(changed);
      }
      return typeof changed === "object" && changed !== null ? changed : { changed };
    },
  };
}

function nested(value: unknown, depth: number): unknown {
  let result = value;
  for (let level = 0; level < depth; level++) result = [result];
  return result;
}

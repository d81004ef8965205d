import { expect, test } from "vitest";
import { HashIndex } from "./hash-index.ts";

// 50 entries for each hash, all in four shards.
const hashOf = (entry: number): number => Math.floor(entry / 50) << 6;

test("the index finds each of many entries when their hashes collide", () => {
  const index = new HashIndex();
  for (let entry = 0; entry < 20_000; entry++) index.insert(hashOf(entry), entry);
  for (let entry = 0; entry < 20_000; entry += 7)
    expect(index.find(hashOf(entry), (each) => each === entry)).toBe(entry);
});

test("the index returns -1 for an entry that was never inserted", () => {
  const index = new HashIndex();
  for (let entry = 0; entry < 1000; entry++) index.insert(entry, entry);
  expect(index.find(1000, () => true)).toBe(-1);
  expect(index.find(5, (entry) => entry === 6)).toBe(-1);
});

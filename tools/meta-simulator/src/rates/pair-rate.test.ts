import { expect, test } from "vitest";
import { PairRate } from "./pair-rate.ts";

test("a pair allows a burst of 45, and then one message every 6 s", () => {
  const pairs = new PairRate();
  const now = 1_700_000_000_000;
  for (let i = 0; i < 45; i++) expect(pairs.take(0, 4915112345678, now)).toBe(true);
  expect(pairs.take(0, 4915112345678, now)).toBe(false);
  expect(pairs.take(0, 4915112345678, now + 5999)).toBe(false);
  expect(pairs.take(0, 4915112345678, now + 6000)).toBe(true);
  expect(pairs.take(0, 4915112345678, now + 6001)).toBe(false);
});

test("a pair allows another burst of 45 after 45 times 6 s", () => {
  const pairs = new PairRate();
  for (let i = 0; i < 45; i++) pairs.take(0, 4915112345678, 0);
  const later = 45 * 6000;
  let taken = 0;
  while (pairs.take(0, 4915112345678, later)) taken++;
  expect(taken).toBe(45);
});

test("each pair of number and recipient has its own allowance", () => {
  const pairs = new PairRate();
  for (let i = 0; i < 45; i++) pairs.take(0, 4915112345678, 0);
  expect(pairs.take(0, 4915112345679, 0)).toBe(true);
  expect(pairs.take(1, 4915112345678, 0)).toBe(true);
  expect(pairs.take(0, 4915112345678, 0)).toBe(false);
});

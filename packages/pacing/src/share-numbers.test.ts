import * as fc from "fast-check";
import { expect, test } from "vitest";
import { shareNumbers, type SharedNumber } from "./share-numbers.ts";

function ratesOf(numbers: readonly SharedNumber[], shares: Map<string, string>, ids: string[]) {
  return ids.map((id) =>
    numbers
      .filter((number) => shares.get(number.phoneNumberId) === id)
      .reduce((sum, number) => sum + number.limit, 0),
  );
}

function numbersOf(rates: number[], ownerId: string | null = null): SharedNumber[] {
  return rates.map((limit, n) => ({
    phoneNumberId: `n${n}`,
    limit,
    ownerId,
  }));
}

test("a dispatcher that joins is owed its share by rates, not by their count", () => {
  const numbers = numbersOf([1_000, 80, 80, 80, 80, 80, 80, 80], "a");
  const shares = shareNumbers(numbers, ["a", "b"]);
  expect(ratesOf(numbers, shares, ["a", "b"])).toEqual([560, 1_000]);
});

test("an owner keeps its numbers as long as moving one evens nothing out", () => {
  expect([...shareNumbers(numbersOf([1_000], "b"), ["a", "b"]).values()]).toEqual(["b"]);
  const numbers = [...numbersOf([80, 80], "a"), { phoneNumberId: "x", limit: 80, ownerId: "b" }];
  expect(shareNumbers(numbers, ["a", "b", "c"])).toEqual(
    new Map([
      ["n0", "c"],
      ["n1", "a"],
      ["x", "b"],
    ]),
  );
});

test("the numbers of a dispatcher that is gone go to the others", () => {
  const numbers = numbersOf(
    Array.from({ length: 500 }, () => 1),
    "gone",
  );
  const shares = shareNumbers(numbers, ["a", "b", "c", "d"]);
  expect(ratesOf(numbers, shares, ["a", "b", "c", "d"])).toEqual([125, 125, 125, 125]);
});

test("no number has a dispatcher while there is none", () => {
  expect(shareNumbers(numbersOf([80], "gone"), []).size).toBe(0);
});

test("every number has one dispatcher, in any order of rows, and once shared it moves no more", () => {
  const id = fc.constantFrom("a", "b", "c", "gone", null);
  const number = fc.record({
    limit: fc.constantFrom(1, 20, 80, 250, 1_000),
    ownerId: id,
  });
  fc.assert(
    fc.property(fc.array(number, { maxLength: 40 }), (rows) => {
      const ids = ["a", "b", "c"];
      const numbers = rows.map((row, n) => ({ ...row, phoneNumberId: `n${n}` }));
      const shares = shareNumbers(numbers, ids);
      expect(shares.size).toBe(numbers.length);
      const reversed = shareNumbers(numbers.toReversed(), ids.toReversed());
      expect(reversed).toEqual(shares);
      const owned = numbers.map((each) => ({
        ...each,
        ownerId: shares.get(each.phoneNumberId) ?? null,
      }));
      expect(shareNumbers(owned, ids)).toEqual(shares);
      const rates = ratesOf(numbers, shares, ids);
      const largest = Math.max(0, ...numbers.map(({ limit }) => limit));
      expect(Math.max(...rates) - Math.min(...rates)).toBeLessThanOrEqual(largest);
    }),
  );
});

test("numbers stay where they are while Meta throttles one of them", () => {
  const owned = { big: "a", small: "a", other: "b" };
  const limits = { big: 80, small: 1, other: 80 };
  const numbers = (["big", "small", "other"] as const).map((phoneNumberId) => ({
    phoneNumberId,
    ownerId: owned[phoneNumberId],
    limit: limits[phoneNumberId],
    messagesPerSecond: phoneNumberId === "other" ? 60 : limits[phoneNumberId],
  }));
  expect(Object.fromEntries(shareNumbers(numbers, ["a", "b"]))).toEqual(owned);
});

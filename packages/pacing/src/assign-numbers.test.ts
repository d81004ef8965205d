import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { assignNumbers } from "./assign-numbers.ts";

const numbersOf = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ phoneNumberId: `1${String(at).padStart(9, "0")}` }));
const dispatchersOf = (count: number) => Array.from({ length: count }, () => randomUUID());

function served(
  numbers: { phoneNumberId: string }[],
  dispatchers: string[],
): Map<string, string[]> {
  const by = new Map<string, string[]>();
  for (const dispatcher of dispatchers) {
    for (const { phoneNumberId } of assignNumbers(numbers, dispatcher, dispatchers).assigned) {
      by.set(phoneNumberId, [...(by.get(phoneNumberId) ?? []), dispatcher]);
    }
  }
  return by;
}

test("every dispatcher serves all numbers when they are few, even one that isn't listed yet", () => {
  const numbers = numbersOf(200);
  const [newcomer = "", ...others] = dispatchersOf(4);
  const { assigned, dispatchersEach } = assignNumbers(numbers, newcomer, others);
  expect(assigned).toHaveLength(200);
  expect(dispatchersEach).toBe(4);
});

test("four dispatchers share 500 numbers: two serve each, and none serves many more than 250", () => {
  const numbers = numbersOf(500);
  const dispatchers = dispatchersOf(4);
  const by = served(numbers, dispatchers);
  expect(by.size).toBe(500);
  for (const servers of by.values()) expect(servers).toHaveLength(2);
  for (const dispatcher of dispatchers) {
    const { assigned, dispatchersEach } = assignNumbers(numbers, dispatcher, dispatchers);
    expect(assigned.length).toBeLessThan(310);
    expect(dispatchersEach).toBe(2);
  }
});

test("a dispatcher that leaves moves only the numbers it served", () => {
  const numbers = numbersOf(1_000);
  const [gone = "", ...stay] = dispatchersOf(8);
  const before = served(numbers, [gone, ...stay]);
  const after = served(numbers, stay);
  for (const [phoneNumberId, servers] of before) {
    if (servers.includes(gone)) continue;
    expect(after.get(phoneNumberId)).toEqual(expect.arrayContaining(servers));
  }
});

test("a lone dispatcher serves all numbers", () => {
  const [only = ""] = dispatchersOf(1);
  expect(assignNumbers(numbersOf(500), only, [only]).assigned).toHaveLength(500);
});

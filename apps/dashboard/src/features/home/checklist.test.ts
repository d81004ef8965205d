import { expect, test } from "vitest";
import { checklist } from "./checklist.ts";

test("the checklist shows what is done, and vanishes when all is", () => {
  const has = { number: true, template: true, contact: false, broadcast: false };
  expect(checklist(has)?.map(({ isDone }) => isDone)).toEqual([true, true, false, false]);
  expect(checklist({ ...has, contact: true, broadcast: true })).toBeNull();
});

test("what only those who run the organization may do is asked of them", () => {
  const none = { number: false, template: false, contact: false, broadcast: false };
  expect(checklist(none)?.map(({ right }) => right)).toEqual([
    "manage",
    "manage",
    "write",
    "write",
  ]);
});

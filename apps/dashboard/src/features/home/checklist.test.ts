import { expect, test } from "vitest";
import { checklist } from "./checklist.ts";

test("the checklist marks completed steps and disappears when all are completed", () => {
  const has = { number: true, template: true, contact: false, broadcast: false };
  expect(checklist(has)?.map(({ isDone }) => isDone)).toEqual([true, true, false, false]);
  expect(checklist({ ...has, contact: true, broadcast: true })).toBeNull();
});

test("the checklist names the right that each step needs", () => {
  const none = { number: false, template: false, contact: false, broadcast: false };
  expect(checklist(none)?.map(({ right }) => right)).toEqual([
    "manage",
    "manage",
    "write",
    "write",
  ]);
});

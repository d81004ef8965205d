import { expect, test } from "vitest";

import { checklist } from "./checklist.ts";

test("the checklist shows what is done, and vanishes when all is", () => {
  const has = { number: true, template: true, contact: false, broadcast: false };
  expect(checklist(has)?.map(({ isDone }) => isDone)).toEqual([true, true, false, false]);
  expect(checklist({ ...has, contact: true, broadcast: true })).toBeNull();
});

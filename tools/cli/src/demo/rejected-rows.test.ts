import { expect, test } from "vitest";
import { countReasons } from "./rejected-rows.ts";

test("countReasons sorts reasons by frequency and handles quoted line breaks", () => {
  const csv = 'line,reason,phone\n2,too short,"1,\n2"\n3,no country,5\n9,too short,\n';
  expect(countReasons(csv)).toEqual([
    ["too short", 2],
    ["no country", 1],
  ]);
});

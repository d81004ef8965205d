import { expect, test } from "vitest";
import { countReasons } from "./rejected-rows.ts";

test("reasons are counted, the most frequent first, whatever the rows contain", () => {
  const csv = 'line,reason,phone\n2,too short,"1,\n2"\n3,no country,5\n9,too short,\n';
  expect(countReasons(csv)).toEqual([
    ["too short", 2],
    ["no country", 1],
  ]);
});

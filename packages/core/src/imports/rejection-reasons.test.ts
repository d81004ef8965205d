import { expect, test } from "vitest";
import { describeRejection, rejectionReasons } from "./rejection-reasons.ts";

const row = { fields: ["1", "2", "3"], columns: 2 };

test("describes each reason in words", () => {
  for (const reason of rejectionReasons) expect(describeRejection(reason, row)).toContain(" ");
  expect(describeRejection("wrong_field_count", row)).toBe("the row has 3 fields, the header 2");
});

test("returns the words that an earlier version stored unchanged", () => {
  const stored = "the row has 3 fields, the header 2";
  expect(describeRejection(stored, row)).toBe(stored);
  expect(describeRejection("toString", row)).toBe("toString");
});

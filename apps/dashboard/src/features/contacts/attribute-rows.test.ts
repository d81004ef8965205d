import { expect, test } from "vitest";
import { attributeChanges, attributeRows } from "./attribute-rows.ts";

test("attributeChanges returns only changes, keeps numbers, and removes emptied values", () => {
  const before = { City: "Bonn", Orders: 3, Plan: "gold" };
  const rows = attributeRows(before, ["City", "Birthday"]);
  expect(rows.map(({ key, value }) => [key, value])).toEqual([
    ["City", "Bonn"],
    ["Orders", "3"],
    ["Plan", "gold"],
    ["Birthday", ""],
  ]);
  expect(attributeChanges(before, rows)).toEqual({});
  const edited = rows.map((row) =>
    row.key === "Orders"
      ? { ...row, value: "4" }
      : row.key === "Plan"
        ? { ...row, value: " " }
        : row,
  );
  const more = { id: "n", key: "Size", value: "42", isNew: true };
  expect(attributeChanges(before, [...edited, more])).toEqual({
    Orders: 4,
    Plan: null,
    Size: "42",
  });
});

import { expect, test } from "vitest";
import { describeCriteria } from "./describe-criteria.ts";
import type { RuleFields } from "./rule-fields.ts";
import { cleanGroup, groupOf, isIncomplete } from "./segment-rules.ts";

const fields: RuleFields = {
  tags: ["vip"],
  attributes: [{ key: "City", type: "text" }],
  broadcasts: [{ id: "b1", name: "Spring sale" }],
};

test("cleanGroup removes what the rule builder adds for itself", () => {
  const query = {
    id: "x",
    combinator: "or",
    not: false,
    rules: [
      { id: "y", field: "tag", operator: "in", valueSource: "value", value: ["vip", ""] },
      { id: "z", field: "name", operator: "null", value: "left over" },
      { id: "g", combinator: "and", not: true, rules: [] },
    ],
  };
  expect(cleanGroup(query)).toEqual({
    combinator: "or",
    rules: [
      { field: "tag", operator: "in", value: ["vip"] },
      { field: "name", operator: "null" },
      { combinator: "and", not: true, rules: [] },
    ],
  });
});

test("the short form becomes a rule, and null means everyone", () => {
  expect(groupOf({ tag: "vip" }).rules).toEqual([{ field: "tag", operator: "=", value: "vip" }]);
  expect(describeCriteria(null, fields)).toBe("Everyone");
});

test("a rule without a value is incomplete unless its operator needs none", () => {
  for (const [operator, value, expected] of [
    ["=", "", true],
    ["=", "x", false],
    ["in", [], true],
    ["between", ["1"], true],
    ["between", ["1", "2"], false],
    ["null", undefined, false],
  ] as const) {
    expect(isIncomplete({ field: "name", operator, value })).toBe(expected);
  }
});

test("describeCriteria puts groups in brackets and shows broadcasts by name", () => {
  expect(
    describeCriteria(
      {
        combinator: "and",
        rules: [
          { field: "tag", operator: "in", value: ["vip", "new"] },
          {
            combinator: "or",
            rules: [
              { field: "attributes.City", operator: "beginsWith", value: "Ber" },
              { field: "broadcast.read", operator: "!=", value: "b1" },
            ],
          },
          { field: "createdAt", operator: "withinDays", value: 30 },
        ],
      },
      fields,
    ),
  ).toBe(
    "Tag is any of vip, new, and (City begins with Ber, or Read not the broadcast “Spring sale”), " +
      "and Added in the last 30 days",
  );
});

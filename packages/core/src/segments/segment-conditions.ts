import type { SegmentOperator } from "@loudhailer/contracts/segment-criteria.ts";
import type { RawBuilder, SqlBool } from "kysely";

// A negative operator is the exact complement of its positive one: "city is not Berlin" finds
// the contacts without a city too, where SQL's <> would drop them silently.
const negations = {
  "!=": "=",
  doesNotContain: "contains",
  doesNotBeginWith: "beginsWith",
  doesNotEndWith: "endsWith",
  notNull: "null",
  notIn: "in",
  notBetween: "between",
  notWithinDays: "withinDays",
} as const satisfies Partial<Record<SegmentOperator, SegmentOperator>>;

type PositiveOperator = Exclude<SegmentOperator, keyof typeof negations>;

/**
 * Functions that turn a rule's value into SQL, one per operator that applies to a field. They throw
 * `RuleError` if the value isn't valid.
 */
export type Conditions = Partial<Record<PositiveOperator, (value: unknown) => RawBuilder<SqlBool>>>;

export function isNegation(operator: SegmentOperator): operator is keyof typeof negations {
  return Object.hasOwn(negations, operator);
}

/** Returns the positive operator that `operator` negates, or `operator` itself. */
export function positive(operator: SegmentOperator): PositiveOperator {
  return isNegation(operator) ? negations[operator] : operator;
}

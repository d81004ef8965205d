import { scalarText } from "../api/json.ts";
import type { SegmentCriteria } from "../api/types.ts";

export interface SegmentRule {
  field: string;
  operator: string;
  value?: unknown;
}
export interface SegmentGroup {
  combinator: "and" | "or";
  not?: boolean;
  rules: (SegmentRule | SegmentGroup)[];
}

export const everyone: SegmentGroup = { combinator: "and", rules: [] };

/** Operators without a value. */
const withoutValue = new Set(["null", "notNull"]);

/** Returns the criteria as a group, whichever form the API stores; null is everyone. */
export function groupOf(criteria: SegmentCriteria | SegmentGroup | null): SegmentGroup {
  if (criteria === null) return everyone;
  if ("tag" in criteria) {
    return { combinator: "and", rules: [{ field: "tag", operator: "=", value: criteria.tag }] };
  }
  return cleanGroup(criteria);
}

interface LooseRule {
  field?: unknown;
  operator?: unknown;
  value?: unknown;
}
interface LooseGroup {
  combinator?: unknown;
  not?: unknown;
  rules?: readonly unknown[];
}

/** Returns a query of the rule builder as the API takes it: without ids and other extras. */
export function cleanGroup({ combinator, not, rules = [] }: LooseGroup): SegmentGroup {
  return {
    combinator: combinator === "or" ? "or" : "and",
    ...(not === true && { not }),
    rules: rules
      .filter(isObject)
      .map((rule) => ("rules" in rule ? cleanGroup(rule) : cleanRule(rule))),
  };
}

function cleanRule({ field, operator, value }: LooseRule): SegmentRule {
  const rule = { field: String(field), operator: String(operator) };
  if (withoutValue.has(rule.operator)) return rule;
  return { ...rule, value: Array.isArray(value) ? value.filter((item) => item !== "") : value };
}

/** Returns whether a rule still lacks its value. */
export function isIncomplete(rule: SegmentRule | SegmentGroup): boolean {
  if ("rules" in rule) return rule.rules.some(isIncomplete);
  const { operator, value } = rule;
  if (withoutValue.has(operator)) return false;
  if (operator === "between" || operator === "notBetween") {
    return !Array.isArray(value) || value.length !== 2;
  }
  if (Array.isArray(value)) return value.length === 0;
  return scalarText(value).trim() === "";
}

function isObject(value: unknown): value is LooseRule & LooseGroup {
  return typeof value === "object" && value !== null;
}

import { scalarText } from "../api/json.ts";
import type { SegmentCriteria } from "../api/types.ts";
import { fieldOf, operatorLabel, type RuleFields } from "./rule-fields.ts";
import { groupOf, type SegmentGroup, type SegmentRule } from "./segment-rules.ts";

/** Describes criteria as text: "Tag is vip, and City begins with Ber". */
export function describeCriteria(criteria: SegmentCriteria | null, fields: RuleFields): string {
  const group = groupOf(criteria);
  return group.rules.length === 0 ? "Everyone" : describeGroup(group, fields, false);
}

function describeGroup(group: SegmentGroup, fields: RuleFields, isInner: boolean): string {
  const parts = group.rules.map((rule) =>
    "rules" in rule ? describeGroup(rule, fields, true) : describeRule(rule, fields),
  );
  const joined = parts.join(group.combinator === "and" ? ", and " : ", or ");
  if (group.not === true) return `not (${joined})`;
  return isInner && parts.length > 1 ? `(${joined})` : joined;
}

function describeRule({ field, operator, value }: SegmentRule, fields: RuleFields): string {
  const { label, kind } = fieldOf(field, fields);
  const phrase = `${label} ${operatorLabel(kind, operator)}`;
  if (operator === "null" || operator === "notNull") return phrase;
  const values = (Array.isArray(value) ? value : [value]).map((item) =>
    kind === "broadcast" ? nameOf(scalarText(item), fields) : describeValue(item),
  );
  if (operator === "withinDays") return `${label} in the last ${values[0]} days`;
  if (operator === "notWithinDays") return `${label} not in the last ${values[0]} days`;
  const isRange = operator === "between" || operator === "notBetween";
  return `${phrase} ${values.join(isRange ? " and " : ", ")}`;
}

function describeValue(value: unknown): string {
  if (value === true || value === "true") return "yes";
  if (value === false || value === "false") return "no";
  return scalarText(value) || "…";
}

function nameOf(id: string, { broadcasts }: RuleFields): string {
  const name = broadcasts.find((broadcast) => broadcast.id === id)?.name;
  return name === undefined ? "an earlier broadcast" : `“${name}”`;
}

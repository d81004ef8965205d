import {
  normalizeSegmentCriteria,
  segmentCriteria,
  type SegmentGroup,
} from "@loudhailer/contracts/segment-criteria.ts";
import { sql, type RawBuilder, type SqlBool } from "kysely";
import { DomainError } from "../domain-error.ts";
import { compileRule, negate } from "./compile-rule.ts";
import { RuleError } from "./segment-values.ts";

interface BadRule {
  /** Such as `rules[0].rules[2]`. */
  path: string;
  message: string;
}

/**
 * The condition of a segment on `contacts as c`, for a query that is already limited to one
 * organization. Everything the customer wrote travels as a parameter. The shorthand
 * `{ "tag": "vip" }` is accepted; a group without rules is everyone.
 *
 * Text compares exactly with `=`, without regard to case in `contains`, `beginsWith` and
 * `endsWith`; attributes compare as numbers where both sides are; a negative operator and `not`
 * also find contacts that lack the field. `optedIn` means not opted out.
 *
 * Throws `invalid_input` whose message and `details.rules` name every bad rule by its path.
 */
export function compileSegment(criteria: unknown): RawBuilder<SqlBool> {
  const parsed = segmentCriteria.safeParse(criteria);
  if (!parsed.success) {
    throw badSegment(
      parsed.error.issues.map((issue) => ({ path: pathText(issue.path), message: issue.message })),
    );
  }
  const bad: BadRule[] = [];
  const condition = compileGroup(normalizeSegmentCriteria(parsed.data), [], bad);
  if (bad.length > 0) throw badSegment(bad);
  return condition;
}

function compileGroup(
  group: SegmentGroup,
  path: PropertyKey[],
  bad: BadRule[],
): RawBuilder<SqlBool> {
  const conditions = group.rules.map((rule, index) => {
    const rulePath = [...path, "rules", index];
    if ("rules" in rule) return compileGroup(rule, rulePath, bad);
    try {
      return compileRule(rule);
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      bad.push({ path: pathText(rulePath), message: error.message });
      return sql<SqlBool>`false`;
    }
  });
  const combined =
    conditions.length === 0
      ? sql<SqlBool>`true`
      : sql<SqlBool>`(${sql.join(conditions, group.combinator === "and" ? sql` and ` : sql` or `)})`;
  return group.not === true ? negate(combined) : combined;
}

function pathText(path: PropertyKey[]): string {
  const text = path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("");
  return text.replace(/^\./, "");
}

function badSegment(rules: BadRule[]): DomainError {
  const faults = rules.map((rule) => `${rule.path || "segmentCriteria"}: ${rule.message}`);
  return new DomainError("invalid_input", `The segment is not valid. ${faults.join("; ")}`, {
    rules,
  });
}

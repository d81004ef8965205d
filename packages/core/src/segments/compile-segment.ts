import {
  normalizeSegmentCriteria,
  segmentCriteria,
  type SegmentGroup,
} from "@loudhailer/contracts/segment-criteria.ts";
import { sql, type RawBuilder, type SqlBool } from "kysely";
import type { DomainError } from "../domain-error.ts";
import { invalidFields } from "../invalid-field.ts";
import { compileRule, negate } from "./compile-rule.ts";
import { isEngagementField } from "./engagement-conditions.ts";
import { broadcastIds, RuleError } from "./segment-values.ts";

interface CompileOptions {
  /** Id of the organization if one query counts all its contacts (see engagementConditions). */
  countedFor?: string;
}

interface BadRule {
  /** Path of the rule, such as `segmentCriteria.rules.0.rules.2`. */
  path: string;
  message: string;
}

/**
 * Returns the condition of a segment on `contacts as c`, for a query that is already limited to one
 * organization. All input of the customer is passed as parameters. Accepts the shorthand
 * `{ "tag": "vip" }`; a group without rules matches all contacts.
 *
 * Text compares exactly with `=`, and without regard to case in `contains`, `beginsWith` and
 * `endsWith`. Attributes compare as numbers if both sides are numbers. A negative operator and
 * `not` also find contacts without the field. `optedIn` means not opted out.
 * @throws DomainError `invalid_input` whose message and `details.fields` name every bad rule by its
 *   path
 */
export function compileSegment(
  criteria: unknown,
  options: CompileOptions = {},
): RawBuilder<SqlBool> {
  const parsed = segmentCriteria.safeParse(criteria);
  if (!parsed.success) {
    throw badSegment(
      parsed.error.issues.map((issue) => ({ path: pathText(issue.path), message: issue.message })),
    );
  }
  const bad: BadRule[] = [];
  const group = normalizeSegmentCriteria(parsed.data);
  const condition = compileGroup(group, { path: [], bad, ...options });
  if (bad.length > 0) throw badSegment(bad);
  return condition;
}

interface GroupPlace extends CompileOptions {
  path: PropertyKey[];
  /** Bad rules found so far. */
  bad: BadRule[];
}

function compileGroup(group: SegmentGroup, place: GroupPlace): RawBuilder<SqlBool> {
  const conditions = group.rules.map((rule, index) => {
    const path = [...place.path, "rules", index];
    if ("rules" in rule) return compileGroup(rule, { ...place, path });
    try {
      return compileRule(rule, place.countedFor);
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      place.bad.push({ path: pathText(path), message: error.message });
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
  return ["segmentCriteria", ...path.map(String)].join(".");
}

/** Returns the error that names all bad rules. */
export function badSegment(rules: BadRule[]): DomainError {
  return invalidFields("The segment is not valid.", rules);
}

/** Returns the broadcasts in the rules of a valid segment, with the paths of the rules. */
export function broadcastsOfSegment(criteria: unknown): { path: string; broadcastId: string }[] {
  const walk = (group: SegmentGroup, path: PropertyKey[]): ReturnType<typeof broadcastsOfSegment> =>
    group.rules.flatMap((rule, index) => {
      const rulePath = [...path, "rules", index];
      if ("rules" in rule) return walk(rule, rulePath);
      if (!isEngagementField(rule.field)) return [];
      return broadcastIds(rule.value).map((broadcastId) => ({
        path: pathText(rulePath),
        broadcastId,
      }));
    });
  return walk(normalizeSegmentCriteria(segmentCriteria.parse(criteria)), []);
}

import { z } from "zod";

/** Operators of a segment: the supported ones of react-querybuilder, and two for times. */
export const segmentOperators = [
  "=",
  "!=",
  "<",
  ">",
  "<=",
  ">=",
  "contains",
  "doesNotContain",
  "beginsWith",
  "doesNotBeginWith",
  "endsWith",
  "doesNotEndWith",
  "null",
  "notNull",
  "in",
  "notIn",
  "between",
  "notBetween",
  "withinDays",
  "notWithinDays",
] as const;

export type SegmentOperator = (typeof segmentOperators)[number];

/** Contact fields that a segment can use, besides `attributes.<key>`. */
export const segmentFields = [
  "phone",
  "name",
  "email",
  "tag",
  "optedIn",
  "createdAt",
  "lastInboundAt",
  "lastSentAt",
  "whatsappUserId",
  "broadcast.targeted",
  "broadcast.sent",
  "broadcast.delivered",
  "broadcast.read",
  "broadcast.replied",
] as const;

export const segmentDepthMax = 5;
export const segmentRulesMax = 50;

export interface SegmentRule {
  /** One of `segmentFields`, or `attributes.<key>`. */
  field: string;
  /** One of `segmentOperators`. */
  operator: string;
  /** `in` and `between` take an array, or text separated by commas. */
  value?: unknown;
}

export interface SegmentGroup {
  combinator: "and" | "or";
  not?: boolean | undefined;
  rules: (SegmentRule | SegmentGroup)[];
}

// The ids, paths and `disabled` of react-querybuilder are stripped. Stripping a muted rule, or the
// comparison with another field, would change the audience, so such rules are refused.
const segmentRule = z.object({
  field: z.string().min(1).max(200),
  operator: z.string().min(1).max(40).describe(segmentOperators.join(", ")),
  value: z.unknown().optional(),
  valueSource: z.literal("value").optional(),
  muted: z.literal(false).optional(),
});

function segmentGroup(rules: z.ZodType<SegmentRule | SegmentGroup>) {
  return z.object({
    combinator: z.enum(["and", "or"]),
    not: z.boolean().optional(),
    muted: z.literal(false).optional(),
    rules: z.array(rules).max(segmentRulesMax),
  });
}

// Builds one schema per level instead of a recursive schema: the schema itself limits the depth,
// and malicious nesting can't exhaust the stack.
function nestedGroup(depth: number): z.ZodType<SegmentGroup> {
  if (depth === 1) return segmentGroup(segmentRule);
  return segmentGroup(
    z.union([nestedGroup(depth - 1), segmentRule], {
      error: `must be a rule {field, operator, value}, not muted, or a group {combinator, rules}, nested at most ${segmentDepthMax} deep`,
    }),
  );
}

function countRules(group: SegmentGroup): number {
  return group.rules.reduce((sum, rule) => sum + ("rules" in rule ? countRules(rule) : 1), 0);
}

const segmentRuleGroup = nestedGroup(segmentDepthMax).refine(
  (group) => countRules(group) <= segmentRulesMax,
  { error: `at most ${segmentRulesMax} rules` },
);

const tagShorthand = z.strictObject({ tag: z.string().trim().min(1).max(200) });

/**
 * Segment rules in a request: react-querybuilder's rule group, or `{ "tag": "vip" }` for short.
 * Fields, operators and values are checked when the segment is compiled.
 */
export const segmentCriteria = z
  .union([segmentRuleGroup, tagShorthand], {
    error: 'must be {"combinator": "and" | "or", "rules": [...]} or {"tag": "..."}',
  })
  .meta({
    description: `Fields: ${segmentFields.join(", ")}, attributes.<key>. lastSentAt and lastInboundAt are the last message to and from the person; the value of broadcast.… is the id of a broadcast.`,
    examples: [
      {
        combinator: "and",
        rules: [
          { field: "tag", operator: "=", value: "vip" },
          { field: "attributes.city", operator: "in", value: ["Berlin", "Bonn"] },
          { field: "lastInboundAt", operator: "withinDays", value: 30 },
        ],
      },
      { tag: "vip" },
    ],
  });

export type SegmentCriteria = z.infer<typeof segmentCriteria>;

/** Returns the rule group for a shorthand, and a rule group unchanged. */
export function normalizeSegmentCriteria(criteria: SegmentCriteria): SegmentGroup {
  if ("rules" in criteria) return criteria;
  return { combinator: "and", rules: [{ field: "tag", operator: "=", value: criteria.tag }] };
}

import {
  segmentFields,
  segmentOperators,
  type SegmentRule,
} from "@loudhailer/contracts/segment-criteria.ts";
import { sql, type RawBuilder, type SqlBool } from "kysely";
import { attributeKey } from "../contacts/contact-field-sql.ts";
import { attributeConditions } from "./attribute-conditions.ts";
import { engagementConditions, isEngagementField } from "./engagement-conditions.ts";
import {
  optedInConditions,
  tagConditions,
  textConditions,
  whatsappUserIdConditions,
} from "./field-conditions.ts";
import { isNegation, positive, type Conditions } from "./segment-conditions.ts";
import { RuleError } from "./segment-values.ts";
import {
  createdAtConditions,
  lastInboundAtConditions,
  lastSentAtConditions,
} from "./time-conditions.ts";

/** Returns SQL that is true if `condition` is false or unknown. */
export function negate(condition: RawBuilder<SqlBool>): RawBuilder<SqlBool> {
  return sql<SqlBool>`(${condition}) is not true`;
}

/**
 * Returns the condition of one rule on `contacts as c`.
 * @throws RuleError if the rule's field, operator or value isn't valid
 */
export function compileRule(rule: SegmentRule, countedFor?: string): RawBuilder<SqlBool> {
  const operator = segmentOperators.find((known) => known === rule.operator);
  if (operator === undefined) {
    throw new RuleError(`unknown operator "${rule.operator}"; use ${segmentOperators.join(", ")}`);
  }
  const conditions = conditionsOf(rule.field, countedFor);
  const condition = conditions[positive(operator)];
  if (condition === undefined) {
    const accepted = segmentOperators.filter((known) => conditions[positive(known)] !== undefined);
    throw new RuleError(
      `the operator "${operator}" does not apply to "${rule.field}"; use ${accepted.join(", ")}`,
    );
  }
  if (!isNegation(operator)) return condition(rule.value);
  // PostgreSQL turns NOT EXISTS into a join, but not "is not true".
  return isEngagementField(rule.field)
    ? sql<SqlBool>`not ${condition(rule.value)}`
    : negate(condition(rule.value));
}

function conditionsOf(field: string, countedFor?: string): Conditions {
  const key = attributeKey(field);
  if (key !== undefined) return attributeConditions(key);
  if (isEngagementField(field)) return engagementConditions(field, countedFor);
  switch (field) {
    case "phone":
    case "name":
    case "email":
      return textConditions[field];
    case "tag":
      return tagConditions;
    case "optedIn":
      return optedInConditions;
    case "createdAt":
      return createdAtConditions;
    case "lastInboundAt":
      return lastInboundAtConditions;
    case "lastSentAt":
      return lastSentAtConditions;
    case "whatsappUserId":
      return whatsappUserIdConditions;
    default:
      throw new RuleError(
        `unknown field "${field}"; use ${segmentFields.join(", ")} or attributes.<key>`,
      );
  }
}

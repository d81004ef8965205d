import { sql, type RawBuilder, type SqlBool } from "kysely";
import { contactFieldSql } from "../contacts/contact-field-sql.ts";
import { likeConditions } from "./like-conditions.ts";
import type { Conditions } from "./segment-conditions.ts";
import { isNumber, listValue, numberPattern, pairValue, textValue } from "./segment-values.ts";

/** Returns conditions on one attribute, compared as numbers if both sides are, else as text. */
export function attributeConditions(key: string): Conditions {
  const text = contactFieldSql(`attributes.${key}`);
  // Values are trimmed when they are stored, so numbers need no further trimming.
  const raw = sql<string | null>`(c.attributes ->> ${key}::text)`;
  const comparison = (operator: Comparison) => (value: unknown) =>
    compare({ text, raw }, operator, textValue(value));
  return {
    ...likeConditions(text),
    null: () => sql<SqlBool>`${text} is null`,
    "=": (value) => equals(key, { text, raw }, textValue(value)),
    "<": comparison("<"),
    ">": comparison(">"),
    "<=": comparison("<="),
    ">=": comparison(">="),
    in: (value) => {
      const values = listValue(value);
      return sql<SqlBool>`(${text} = any(${values}::text[])
        or ${asNumber(raw)} = any(${values.filter(isNumber)}::numeric[]))`;
    },
    between: (value) => {
      const [from, to] = pairValue(value);
      return sql<SqlBool>`(${compare({ text, raw }, ">=", from)} and ${compare({ text, raw }, "<=", to)})`;
    },
  };
}

interface AttributeSql {
  text: RawBuilder<string | null>;
  raw: RawBuilder<string | null>;
}

type Comparison = "=" | "<" | ">" | "<=" | ">=";

// The index contacts_attributes serves only containment, which doesn't find a JSON number or
// boolean by its text.
function equals(key: string, attribute: AttributeSql, value: string): RawBuilder<SqlBool> {
  if (isNumber(value) || value === "true" || value === "false") {
    return compare(attribute, "=", value);
  }
  return sql<SqlBool>`c.attributes @> ${JSON.stringify({ [key]: value })}::jsonb`;
}

// Text compares by code point, which also orders ISO dates.
function compare(
  { text, raw }: AttributeSql,
  operator: Comparison,
  value: string,
): RawBuilder<SqlBool> {
  const comparator = sql.raw(operator);
  return isNumber(value)
    ? sql<SqlBool>`${asNumber(raw)} ${comparator} ${value}::numeric`
    : sql<SqlBool>`${text} collate "C" ${comparator} ${value}`;
}

// Uses CASE, because PostgreSQL may evaluate AND in any order and a failed cast ends the query.
function asNumber(raw: RawBuilder<string | null>): RawBuilder<string | null> {
  return sql<string | null>`case when ${raw} ~ ${numberPattern} then ${raw}::numeric end`;
}

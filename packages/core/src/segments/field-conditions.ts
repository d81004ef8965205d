import { sql, type RawBuilder, type SqlBool } from "kysely";
import { contactFieldSql } from "../contacts/contact-field-sql.ts";
import { likeConditions } from "./like-conditions.ts";
import type { Conditions } from "./segment-conditions.ts";
import { booleanValue, listValue, pairValue, textValue } from "./segment-values.ts";

export const textConditions = {
  name: conditionsOfText("name", sql.ref<string>("c.name"), (value) => value),
  email: conditionsOfText("email", sql<string>`lower(c.email)`, (value) => value.toLowerCase()),
  // Numbers are stored as E.164, so "+49 171 392" is searched as "+49171392".
  phone: conditionsOfText(
    "phone",
    sql.ref<string>("c.phone"),
    (value) => value.replaceAll(/[\s().-]/g, "") || value,
  ),
};

function conditionsOfText(
  field: string,
  column: RawBuilder<string | null>,
  prepare: (value: string) => string,
): Conditions {
  const text = (value: unknown) => prepare(textValue(value));
  return {
    ...likeConditions(column, prepare),
    null: () => sql<SqlBool>`${contactFieldSql(field)} is null`,
    "=": (value) => sql<SqlBool>`${column} = ${text(value)}`,
    "<": (value) => sql<SqlBool>`${column} < ${text(value)}`,
    ">": (value) => sql<SqlBool>`${column} > ${text(value)}`,
    "<=": (value) => sql<SqlBool>`${column} <= ${text(value)}`,
    ">=": (value) => sql<SqlBool>`${column} >= ${text(value)}`,
    in: (value) => sql<SqlBool>`${column} = any(${listValue(value).map(prepare)}::text[])`,
    between: (value) => {
      const [from, to] = pairValue(value);
      return sql<SqlBool>`${column} between ${prepare(from)} and ${prepare(to)}`;
    },
  };
}

// The index contacts_tags serves both operators, @> and &&.
export const tagConditions: Conditions = {
  "=": hasTag,
  contains: hasTag,
  in: (value) => sql<SqlBool>`c.tags && ${listValue(value)}::text[]`,
  null: () => sql<SqlBool>`c.tags = '{}'`,
};

function hasTag(value: unknown): RawBuilder<SqlBool> {
  return sql<SqlBool>`c.tags @> ${[textValue(value)]}::text[]`;
}

export const optedInConditions: Conditions = {
  "=": (value) =>
    booleanValue(value)
      ? sql<SqlBool>`c.opted_out_at is null`
      : sql<SqlBool>`c.opted_out_at is not null`,
};

export const whatsappUserIdConditions: Conditions = {
  null: () => sql<SqlBool>`c.whatsapp_user_id is null`,
};

import { sql, type RawBuilder } from "kysely";
import { DomainError } from "../domain-error.ts";

const columns = {
  phone: sql.ref<string | null>("c.phone"),
  name: sql.ref<string | null>("c.name"),
  email: sql.ref<string | null>("c.email"),
} as const;

const attributePrefix = "attributes.";

/** Returns the key of the attribute that `field` names, or undefined if it names none. */
export function attributeKey(field: string): string | undefined {
  if (!field.startsWith(attributePrefix) || field.includes("\0")) return undefined;
  return field.slice(attributePrefix.length) || undefined;
}

function isColumn(field: string): field is keyof typeof columns {
  return Object.hasOwn(columns, field);
}

/**
 * Returns SQL for the trimmed text of a contact field (`phone`, `name`, `email`,
 * `attributes.<key>`), with `contacts` aliased as c. The text is null if missing or blank.
 * @throws DomainError `invalid_input` if `field` is any other field
 */
export function contactFieldSql(field: string): RawBuilder<string | null> {
  const key = attributeKey(field);
  if (key !== undefined) return trimmed(sql<string | null>`c.attributes ->> ${key}::text`);
  if (isColumn(field)) return trimmed(columns[field]);
  throw new DomainError(
    "invalid_input",
    `"${field}" is not a contact's field; use phone, name, email or attributes.<key>`,
  );
}

function trimmed(text: RawBuilder<string | null>): RawBuilder<string | null> {
  return sql<string | null>`nullif(btrim(${text}, E' \\t\\r\\n\\u00a0'), '')`;
}

/** Returns SQL for the text of each field, or its fallback value; null if both are missing. */
export function fieldValuesSql(
  fields: readonly { field: string; fallback: string | null }[],
): RawBuilder<string | null>[] {
  return fields.map(
    ({ field, fallback }) => sql`coalesce(${contactFieldSql(field)}, ${fallback}::text)`,
  );
}

export function textArraySql(
  texts: readonly RawBuilder<string | null>[],
): RawBuilder<(string | null)[]> {
  return texts.length === 0 ? sql`array[]::text[]` : sql`array[${sql.join(texts)}]`;
}

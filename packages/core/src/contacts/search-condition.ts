import { sql, type RawBuilder, type SqlBool } from "kysely";

const haystack = sql<string>`(coalesce(name, '') || ' ' || coalesce(email, '') || ' ' || coalesce(phone, ''))`;

/**
 * Returns the SQL condition for a literal part of the name, email address or phone number, in any
 * case. One or two characters match only the beginning of a word, because trigrams (index
 * contacts_search) need three characters.
 */
export function searchCondition(search: string): RawBuilder<SqlBool> {
  const text = escapeLike(search);
  const digits = search.replaceAll(/[\s().-]/g, "");
  const phone =
    /^\+?\d{3,}$/.test(digits) && digits !== search
      ? sql`or ${haystack} ilike ${`%${digits}%`}`
      : sql``;
  if (Array.from(search).length >= 3) {
    return sql<SqlBool>`(${haystack} ilike ${`%${text}%`} ${phone})`;
  }
  return sql<SqlBool>`(${haystack} ilike ${`${text}%`} or ${haystack} ilike ${`% ${text}%`})`;
}

export function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}

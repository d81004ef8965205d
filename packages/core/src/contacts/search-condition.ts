import { sql, type RawBuilder, type SqlBool } from "kysely";

const haystack = sql<string>`(coalesce(name, '') || ' ' || coalesce(email, '') || ' ' || coalesce(phone, ''))`;

/**
 * A part of the name, the e-mail address or the phone number, taken literally, in any case; of one or
 * two characters the beginning of one of its words, since trigrams (index contacts_search) know no less.
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

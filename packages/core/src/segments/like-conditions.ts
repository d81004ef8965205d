import { sql, type RawBuilder, type SqlBool } from "kysely";
import { escapeLike } from "../contacts/search-condition.ts";
import { textValue } from "./segment-values.ts";

type Prepare = (text: string) => string;

/** Returns `contains`, `beginsWith` and `endsWith` conditions on a text, without regard to case. */
export function likeConditions(
  text: RawBuilder<string | null>,
  prepare: Prepare = (value) => value,
) {
  const like = (before: string, value: unknown, after: string) => {
    const escaped = escapeLike(prepare(textValue(value)));
    return sql<SqlBool>`${text} ilike ${before + escaped + after}`;
  };
  return {
    contains: (value: unknown) => like("%", value, "%"),
    beginsWith: (value: unknown) => like("", value, "%"),
    endsWith: (value: unknown) => like("%", value, ""),
  };
}

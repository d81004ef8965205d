import { bigintId, uuid } from "@loudhailer/contracts/scalars.ts";
import { invalidCursor } from "./text-cursor.ts";

/** A cursor that is the id of a page's last row. Throws `invalid_input` for anything else. */
export function parseIdCursor(cursor: string): string {
  const parsed = uuid.safeParse(cursor);
  if (!parsed.success) throw invalidCursor();
  return parsed.data;
}

/** As parseIdCursor, of a contact or a recipient. */
export function parseBigintCursor(cursor: string): string {
  const parsed = bigintId.safeParse(cursor);
  if (!parsed.success) throw invalidCursor();
  return parsed.data;
}

/** One page of `limit + 1` rows that were read, and the cursor of the next. */
export function pageByIds<T extends { id: string }>(
  rows: readonly T[],
  limit: number,
): { rows: T[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  return { rows: page, nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}

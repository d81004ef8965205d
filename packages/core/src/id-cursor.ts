import { bigintId, uuid } from "@loudhailer/contracts/scalars.ts";
import { invalidCursor } from "./text-cursor.ts";

/**
 * Parses a cursor that is the id of a page's last row.
 *
 * @throws DomainError `invalid_input` if the cursor is not a UUID
 */
export function parseIdCursor(cursor: string): string {
  const parsed = uuid.safeParse(cursor);
  if (!parsed.success) throw invalidCursor();
  return parsed.data;
}

/**
 * Parses a cursor like `parseIdCursor`, for tables with numeric ids such as contacts.
 *
 * @throws DomainError `invalid_input` if the cursor is not a numeric id
 */
export function parseBigintCursor(cursor: string): string {
  const parsed = bigintId.safeParse(cursor);
  if (!parsed.success) throw invalidCursor();
  return parsed.data;
}

/** Returns one page out of the `limit + 1` rows that were read, and the next page's cursor. */
export function pageByIds<T extends { id: string }>(
  rows: readonly T[],
  limit: number,
): { rows: T[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  return { rows: page, nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}

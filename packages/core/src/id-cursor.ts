import { uuid } from "@loudhailer/contracts/scalars.ts";
import { DomainError } from "./domain-error.ts";

/** A cursor that is the id of a page's last row. Throws `invalid_input` for anything else. */
export function parseIdCursor(cursor: string): string {
  const parsed = uuid.safeParse(cursor);
  if (!parsed.success) {
    throw new DomainError("invalid_input", "cursor must be a nextCursor that this list answered.");
  }
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

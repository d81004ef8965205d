import type { Page } from "@loudhailer/contracts/pagination.ts";

/**
 * Returns a page out of the `limit + 1` rows that were read, and the next page's cursor, which
 * `cursorOf` makes of the page's last row.
 */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  cursorOf: (row: Row) => string,
): Page<Item> {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map((row) => toItem(row)),
    nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null,
  };
}

/** Does the same as `toPage` for a list whose cursor is the id of a page's last row. */
export function pageByIds<Row extends { id: string }, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
): Page<Item> {
  return toPage(rows, limit, toItem, ({ id }) => id);
}

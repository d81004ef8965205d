import { bigintId, uuid } from "@loudhailer/contracts/scalars.ts";
import type { Database } from "@loudhailer/db/database.ts";
import { sql, type RawBuilder } from "kysely";
import type { TenantContext } from "./tenant-context.ts";
import { invalidCursor } from "./text-cursor.ts";

/**
 * Returns the condition for the organization's rows that follow the cursor's in the order of
 * `columns`. The cursor is the id of a page's last row. Without a cursor, all rows match.
 * @throws DomainError `invalid_input` if the cursor is not a UUID
 */
export function afterCursor<Table extends keyof Database>(
  { organizationId }: Pick<TenantContext, "organizationId">,
  cursor: string | undefined,
  table: Table,
  columns: readonly (keyof Database[Table] & string)[],
  direction: "asc" | "desc",
): RawBuilder<boolean> {
  if (cursor === undefined) return sql<boolean>`true`;
  const id = uuid.safeParse(cursor);
  if (!id.success) throw invalidCursor();
  const place = sql.join(columns.map((column) => sql.ref(`${table}.${column}`)));
  return sql<boolean>`(${place}) ${direction === "asc" ? sql`>` : sql`<`} (
    select ${place} from ${sql.table(table)}
    where organization_id = ${organizationId} and id = ${id.data}
  )`;
}

/**
 * Parses a cursor that is the id of a page's last row, for tables with numeric ids such as
 * contacts.
 * @throws DomainError `invalid_input` if the cursor is not a numeric id
 */
export function parseBigintCursor(cursor: string): string {
  const parsed = bigintId.safeParse(cursor);
  if (!parsed.success) throw invalidCursor();
  return parsed.data;
}

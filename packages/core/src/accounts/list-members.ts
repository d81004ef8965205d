import type { MemberView } from "@loudhailer/contracts/accounts.ts";
import type { Page, PageQuery } from "@loudhailer/contracts/pagination.ts";
import { role } from "@loudhailer/contracts/roles.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { pageByIds, parseIdCursor } from "../id-cursor.ts";
import type { TenantContext } from "../tenant-context.ts";

/**
 * Returns the organization's members in the order in which they joined.
 *
 * @throws DomainError `invalid_input` if the cursor isn't a member's id
 */
export async function listMembers(
  ctx: TenantContext,
  { limit, cursor }: PageQuery,
): Promise<Page<MemberView>> {
  const after = cursor === undefined ? undefined : parseIdCursor(cursor);
  const found = await withTenant(ctx.db, ctx.organizationId, (trx) => {
    const query = trx
      .selectFrom("members as m")
      .innerJoin("users as u", "u.id", "m.user_id")
      .where("m.organization_id", "=", ctx.organizationId)
      .select(["m.id", "m.user_id", "m.role", "m.created_at", "u.name", "u.email"])
      .orderBy("m.created_at")
      .orderBy("m.id")
      .limit(limit + 1);
    if (after === undefined) return query.execute();
    return query
      .where(
        sql<boolean>`(m.created_at, m.id) > (
          select created_at, id from members
          where organization_id = ${ctx.organizationId} and id = ${after}
        )`,
      )
      .execute();
  });
  const { rows, nextCursor } = pageByIds(found, limit);
  return {
    items: rows.map((row) => ({
      id: row.id,
      userId: row.user_id,
      name: row.name,
      email: row.email,
      role: role.catch("viewer").parse(row.role),
      createdAt: row.created_at.toISOString(),
    })),
    nextCursor,
  };
}

import type { MemberView } from "@loudhailer/contracts/accounts.ts";
import type { Page, PageQuery } from "@loudhailer/contracts/pagination.ts";
import { storedRole } from "@loudhailer/contracts/roles.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { afterCursor } from "../id-cursor.ts";
import type { TenantContext } from "../tenant-context.ts";
import { pageByIds } from "../to-page.ts";

/**
 * Returns the organization's members in the order in which they joined.
 * @throws DomainError `invalid_input` if the cursor isn't a member's id
 */
export async function listMembers(
  ctx: TenantContext,
  { limit, cursor }: PageQuery,
): Promise<Page<MemberView>> {
  const found = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    trx
      .selectFrom("members")
      .innerJoin("users", "users.id", "members.user_id")
      .where("members.organization_id", "=", ctx.organizationId)
      .select([
        "members.id",
        "members.user_id",
        "members.role",
        "members.created_at",
        "users.name",
        "users.email",
      ])
      .where(afterCursor(ctx, cursor, "members", ["created_at", "id"], "asc"))
      .orderBy("members.created_at")
      .orderBy("members.id")
      .limit(limit + 1)
      .execute(),
  );
  return pageByIds(found, limit, (row) => ({
    id: row.id,
    userId: row.user_id,
    name: row.name,
    email: row.email,
    role: storedRole.parse(row.role),
    createdAt: row.created_at.toISOString(),
  }));
}

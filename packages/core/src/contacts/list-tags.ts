import type { Page, PageQuery } from "@loudhailer/contracts/pagination.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import type { TenantContext } from "../tenant-context.ts";
import { decodeTextCursor, encodeTextCursor } from "../text-cursor.ts";
import { toPage } from "../to-page.ts";

/** Returns all tags that contacts of the organization have or had, ordered by name. */
export async function listTags(
  ctx: TenantContext,
  { limit, cursor }: PageQuery,
): Promise<Page<{ tag: string }>> {
  const labels = await listLabels(ctx, "tag", { limit, cursor });
  return { items: labels.items.map((tag) => ({ tag })), nextCursor: labels.nextCursor };
}

export async function listLabels(
  ctx: TenantContext,
  kind: "tag" | "attribute",
  { limit, cursor }: PageQuery,
): Promise<Page<string>> {
  const after = cursor === undefined ? null : decodeTextCursor(cursor);
  const rows = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    trx
      .selectFrom("contact_labels")
      .select("label")
      .where("organization_id", "=", ctx.organizationId)
      .where("kind", "=", kind)
      .where(sql<boolean>`(${after}::text is null or label > ${after}::text)`)
      .orderBy("label")
      .limit(limit + 1)
      .execute(),
  );
  const labels = rows.map(({ label }) => label);
  return toPage(labels, limit, (label) => label, encodeTextCursor);
}

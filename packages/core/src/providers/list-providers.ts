import type { Page, PageQuery } from "@loudhailer/contracts/pagination.ts";
import type { ProviderView } from "@loudhailer/contracts/providers.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { pageByIds, parseIdCursor } from "../id-cursor.ts";
import type { ProviderViewContext } from "./provider-context.ts";
import { toProviderView } from "./provider-view.ts";

/** Returns a page of the organization's numbers, oldest first. */
export async function listProviders(
  ctx: ProviderViewContext,
  { limit, cursor }: PageQuery,
): Promise<Page<ProviderView>> {
  const after = cursor === undefined ? undefined : parseIdCursor(cursor);
  const found = await withTenant(ctx.db, ctx.organizationId, (trx) => {
    const query = trx
      .selectFrom("whatsapp_providers")
      .selectAll()
      .where("organization_id", "=", ctx.organizationId)
      .orderBy("created_at")
      .orderBy("id")
      .limit(limit + 1);
    if (after === undefined) return query.execute();
    return query
      .where(
        sql<boolean>`(created_at, id) > (
          select created_at, id from whatsapp_providers
          where organization_id = ${ctx.organizationId} and id = ${after}
        )`,
      )
      .execute();
  });
  const { rows, nextCursor } = pageByIds(found, limit);
  return { items: rows.map((row) => toProviderView(row, ctx.webhookUrl)), nextCursor };
}

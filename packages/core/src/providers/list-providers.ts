import type { Page, PageQuery } from "@loudhailer/contracts/pagination.ts";
import type { ProviderView } from "@loudhailer/contracts/providers.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { afterCursor } from "../id-cursor.ts";
import { pageByIds } from "../to-page.ts";
import type { ProviderViewContext } from "./provider-context.ts";
import { toProviderView } from "./provider-view.ts";

/** Returns a page of the organization's numbers, oldest first. */
export async function listProviders(
  ctx: ProviderViewContext,
  { limit, cursor }: PageQuery,
): Promise<Page<ProviderView>> {
  const found = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    trx
      .selectFrom("whatsapp_providers")
      .selectAll()
      .where("organization_id", "=", ctx.organizationId)
      .where(afterCursor(ctx, cursor, "whatsapp_providers", ["created_at", "id"], "asc"))
      .orderBy("created_at")
      .orderBy("id")
      .limit(limit + 1)
      .execute(),
  );
  return pageByIds(found, limit, (row) => toProviderView(row, ctx.webhookUrl));
}

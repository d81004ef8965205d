import type { ListMediaInput, MediaView } from "@loudhailer/contracts/media.ts";
import type { Page } from "@loudhailer/contracts/pagination.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { afterCursor } from "../id-cursor.ts";
import type { TenantContext } from "../tenant-context.ts";
import { pageByIds } from "../to-page.ts";
import { toMediaView } from "./media-view.ts";

/**
 * Returns files, newest first.
 * @throws DomainError `invalid_input` if the cursor isn't a file's id
 */
export async function listMedia(
  ctx: TenantContext,
  { limit, cursor, providerId, type }: ListMediaInput,
): Promise<Page<MediaView>> {
  const found = await withTenant(ctx.db, ctx.organizationId, (trx) => {
    let query = trx
      .selectFrom("media")
      .selectAll()
      .where("organization_id", "=", ctx.organizationId)
      .where(afterCursor(ctx, cursor, "media", ["created_at", "id"], "desc"))
      .orderBy("created_at", "desc")
      .orderBy("id", "desc")
      .limit(limit + 1);
    if (providerId !== undefined) query = query.where("provider_id", "=", providerId);
    if (type !== undefined) query = query.where("type", "=", type);
    return query.execute();
  });
  return pageByIds(found, limit, toMediaView);
}

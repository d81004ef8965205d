import type { ListMediaInput, MediaView } from "@loudhailer/contracts/media.ts";
import type { Page } from "@loudhailer/contracts/pagination.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { pageByIds, parseIdCursor } from "../id-cursor.ts";
import type { TenantContext } from "../tenant-context.ts";
import { toMediaView } from "./media-view.ts";

/**
 * Returns files, newest first.
 *
 * @throws DomainError `invalid_input` if the cursor isn't a file's id
 */
export async function listMedia(
  ctx: TenantContext,
  { limit, cursor, providerId, type }: ListMediaInput,
): Promise<Page<MediaView>> {
  const after = cursor === undefined ? undefined : parseIdCursor(cursor);
  const found = await withTenant(ctx.db, ctx.organizationId, (trx) => {
    let query = trx
      .selectFrom("media")
      .selectAll()
      .where("organization_id", "=", ctx.organizationId)
      .orderBy("created_at", "desc")
      .orderBy("id", "desc")
      .limit(limit + 1);
    if (providerId !== undefined) query = query.where("provider_id", "=", providerId);
    if (type !== undefined) query = query.where("type", "=", type);
    if (after === undefined) return query.execute();
    return query
      .where(
        sql<boolean>`(created_at, id) < (
          select created_at, id from media
          where organization_id = ${ctx.organizationId} and id = ${after}
        )`,
      )
      .execute();
  });
  const { rows, nextCursor } = pageByIds(found, limit);
  return { items: rows.map(toMediaView), nextCursor };
}

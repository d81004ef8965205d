import type { BroadcastView, ListBroadcastsInput } from "@loudhailer/contracts/broadcasts.ts";
import type { Page } from "@loudhailer/contracts/pagination.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { z } from "zod";
import { escapeLike } from "../contacts/search-condition.ts";
import type { TenantContext } from "../tenant-context.ts";
import { invalidCursor } from "../text-cursor.ts";
import { toPage } from "../to-page.ts";
import { selectBroadcasts, toBroadcastView } from "./broadcast-view.ts";

const cursorParts = z.tuple([z.string().regex(/^\d{1,18}$/), z.uuid()]);

/**
 * Returns a page of the organization's broadcasts, newest first.
 * @throws DomainError `invalid_input` if the cursor isn't from this list
 */
export async function listBroadcasts(
  ctx: TenantContext,
  { limit, cursor, status, search, providerId, templateId }: ListBroadcastsInput,
): Promise<Page<BroadcastView>> {
  // In microseconds: JavaScript's dates would truncate a timestamp and skip rows.
  const createdAtMicros = sql<string>`(extract(epoch from b.created_at) * 1000000)::bigint`;
  const rows = await withTenant(ctx.db, ctx.organizationId, (trx) => {
    let query = selectBroadcasts(trx, ctx.organizationId)
      .select(createdAtMicros.as("created_at_micros"))
      .orderBy("b.created_at", "desc")
      .orderBy("b.id", "desc")
      .limit(limit + 1);
    if (status) query = query.where("b.status", "=", status);
    if (search) query = query.where("b.name", "ilike", `%${escapeLike(search)}%`);
    if (providerId) query = query.where("b.provider_id", "=", providerId);
    if (templateId) query = query.where("b.template_id", "=", templateId);
    if (cursor) {
      const [micros, id] = parseCursor(cursor);
      query = query.where(
        sql<boolean>`(${createdAtMicros}, b.id) < (${micros}::bigint, ${id}::uuid)`,
      );
    }
    return query.execute();
  });
  return toPage(rows, limit, toBroadcastView, (row) => `${row.created_at_micros}_${row.id}`);
}

function parseCursor(cursor: string): [string, string] {
  const parsed = cursorParts.safeParse(cursor.split("_"));
  if (!parsed.success) throw invalidCursor();
  return parsed.data;
}

import type { ListRecipientsInput, RecipientView } from "@loudhailer/contracts/broadcasts.ts";
import type { Page } from "@loudhailer/contracts/pagination.ts";
import { bigintId } from "@loudhailer/contracts/scalars.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { fetchBroadcast } from "./get-broadcast.ts";

/** In the order they are sent in. */
export async function listRecipients(
  ctx: TenantContext,
  { broadcastId, status, limit, cursor }: ListRecipientsInput,
): Promise<Page<RecipientView>> {
  if (cursor !== undefined && !bigintId.safeParse(cursor).success) {
    throw new DomainError("invalid_input", "cursor must be a nextCursor that this list answered.");
  }
  const rows = await withTenant(ctx.db, ctx.organizationId, async (trx) => {
    await fetchBroadcast(trx, ctx.organizationId, broadcastId);
    let query = trx
      .selectFrom("whatsapp_broadcast_recipients")
      .where("organization_id", "=", ctx.organizationId)
      .where("broadcast_id", "=", broadcastId)
      .selectAll()
      .orderBy("id")
      .limit(limit + 1);
    if (status) query = query.where("status", "=", status);
    if (cursor) query = query.where("id", ">", cursor);
    return query.execute();
  });
  const items = rows.slice(0, limit).map((row) => ({
    id: row.id,
    contactId: row.contact_id,
    phone: row.phone,
    status: row.status,
    wamid: row.wamid,
    attempts: row.attempts,
    errorCode: row.error_code,
    errorTitle: row.error_title,
    errorDetails: row.error_details,
    sentAt: row.sent_at?.toISOString() ?? null,
    deliveredAt: row.delivered_at?.toISOString() ?? null,
    readAt: row.read_at?.toISOString() ?? null,
    failedAt: row.failed_at?.toISOString() ?? null,
    repliedAt: row.replied_at?.toISOString() ?? null,
    billable: row.billable,
    pricingCategory: row.pricing_category,
  }));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

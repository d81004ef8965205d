import type {
  ExportRecipientsInput,
  ListRecipientsInput,
  RecipientView,
} from "@loudhailer/contracts/broadcasts.ts";
import type { Page } from "@loudhailer/contracts/pagination.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { findContacts } from "../contacts/list-contacts.ts";
import { parseBigintCursor } from "../id-cursor.ts";
import type { TenantContext } from "../tenant-context.ts";
import { pageByIds } from "../to-page.ts";
import { fetchBroadcast } from "./get-broadcast.ts";

const contactsMax = 1_000;

/**
 * Returns a page of the broadcast's recipients by id, the order in which they are first sent to.
 * @throws DomainError `not_found` if the organization has no such broadcast
 * @throws DomainError `invalid_input` if the cursor isn't a recipient's id
 */
export async function listRecipients(
  ctx: TenantContext,
  { broadcastId, limit, cursor, ...filter }: ListRecipientsInput,
): Promise<Page<RecipientView>> {
  const after = cursor === undefined ? undefined : parseBigintCursor(cursor);
  const rows = await withTenant(ctx.db, ctx.organizationId, async (trx) => {
    await fetchBroadcast(trx, ctx.organizationId, broadcastId);
    return findRecipients(trx, ctx.organizationId, {
      broadcastId,
      ...filter,
      after,
      limit: limit + 1,
    });
  });
  return pageByIds(rows, limit, (recipient) => recipient);
}

export interface RecipientFilter extends ExportRecipientsInput {
  broadcastId: string;
  /** Id of the recipient before the first one returned. */
  after?: string | undefined;
  limit: number;
}

/** Returns the matching recipients of one of the organization's broadcasts. */
export async function findRecipients(
  trx: TenantDb,
  organizationId: string,
  { broadcastId, status, errorCode, replied, search, after, limit }: RecipientFilter,
): Promise<RecipientView[]> {
  let query = trx
    .selectFrom("whatsapp_broadcast_recipients as r")
    .leftJoin("contacts as c", "c.id", "r.contact_id")
    .where("r.organization_id", "=", organizationId)
    .where("r.broadcast_id", "=", broadcastId)
    .selectAll("r")
    .select("c.name")
    .orderBy("r.id")
    .limit(limit);
  if (status) query = query.where("r.status", "=", status);
  // Stating the conditions explicitly lets PostgreSQL use the partial indexes on these few rows.
  if (errorCode) query = query.where("r.error_code", "=", errorCode);
  if (errorCode || status === "failed" || status === "skipped" || status === "unknown") {
    query = query.where("r.error_code", "is not", null);
  }
  if (replied === "true") query = query.where("r.replied_at", "is not", null);
  if (replied === "false") query = query.where("r.replied_at", "is", null);
  if (after) query = query.where("r.id", ">", after);
  if (search) {
    const contacts = await findContacts(trx, organizationId, { search, limit: contactsMax });
    query = query.where(
      sql<boolean>`r.contact_id = any(${contacts.map(({ id }) => id)}::bigint[])`,
    );
  }
  const rows = await query.execute();
  return rows.map((row) => ({
    id: row.id,
    contactId: row.contact_id,
    phone: row.phone,
    name: row.name,
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
}

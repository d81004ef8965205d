import type { ContactMessage } from "@loudhailer/contracts/contacts.ts";
import type { Page } from "@loudhailer/contracts/pagination.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import type { TenantContext } from "../tenant-context.ts";
import { decodeTextCursor, encodeTextCursor, invalidCursor } from "../text-cursor.ts";
import { toPage } from "../to-page.ts";
import { fetchContact } from "./get-contact.ts";

interface Row extends Omit<ContactMessage, "at"> {
  at: Date;
  key: string;
}

/**
 * Returns the messages that broadcasts sent to a contact and those it wrote, newest first.
 * @throws DomainError `not_found` if the organization has no such contact
 * @throws DomainError `invalid_input` if the cursor isn't from this list
 */
export async function listContactMessages(
  ctx: TenantContext,
  { contactId, limit, cursor }: { contactId: string; limit: number; cursor?: string | undefined },
): Promise<Page<ContactMessage>> {
  const after = cursor === undefined ? null : decodeTextCursor(cursor);
  if (after !== null && !/^\d{1,20} [0-9a-f-]{1,36}$/.test(after)) throw invalidCursor();
  const found = await withTenant(ctx.db, ctx.organizationId, async (trx) => {
    await fetchContact(trx, ctx.organizationId, contactId);
    // The key sorts by time, then by id: microseconds have 16 digits until the year 2286.
    const { rows } = await sql<Row>`
      select * from (
        select 'outbound' as direction, r.broadcast_id as "broadcastId", b.name as "broadcastName",
          r.status, r.error_code as "errorCode", r.error_title as "errorTitle", m.at,
          (extract(epoch from m.at) * 1000000)::bigint || ' ' || r.id as key
        from whatsapp_broadcast_recipients r
        join whatsapp_broadcasts b on b.id = r.broadcast_id
        cross join lateral (select coalesce(greatest(r.sent_at, r.delivered_at, r.read_at, r.failed_at),
          r.claimed_at, b.launched_at, b.created_at) as at) m
        where r.organization_id = ${ctx.organizationId} and r.contact_id = ${contactId}
        union all
        select 'inbound', i.broadcast_id, b.name, null, null, null, i.received_at,
          (extract(epoch from i.received_at) * 1000000)::bigint || ' ' || i.id
        from inbound_messages i
        left join whatsapp_broadcasts b on b.id = i.broadcast_id
        where i.organization_id = ${ctx.organizationId} and i.contact_id = ${contactId}
      ) messages
      where ${after}::text is null or key collate "C" < ${after}::text collate "C"
      order by key collate "C" desc
      limit ${limit + 1}
    `.execute(trx);
    return rows;
  });
  return toPage(found, limit, toMessage, ({ key }) => encodeTextCursor(key));
}

function toMessage({ key: _key, at, ...message }: Row): ContactMessage {
  return { ...message, at: at.toISOString() };
}

import type { Contact, ListContactsQuery } from "@loudhailer/contracts/contacts.ts";
import type { Page } from "@loudhailer/contracts/pagination.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql, type RawBuilder, type SqlBool } from "kysely";
import { DomainError } from "../domain-error.ts";
import { pageByIds } from "../id-cursor.ts";
import type { TenantContext } from "../tenant-context.ts";
import { contactColumns, toContact } from "./to-contact.ts";

/**
 * Contacts, newest first. `search` finds a part of the name, the e-mail address or the phone
 * number, `tag` contacts that carry exactly this tag. The order is that of the ids, so paging by
 * `cursor` neither repeats nor leaves out a contact while others are added. Throws
 * `invalid_input` for a cursor of another list.
 */
export async function listContacts(
  ctx: TenantContext,
  { limit, cursor, search, tag }: ListContactsQuery,
): Promise<Page<Contact>> {
  if (cursor !== undefined && !/^\d{1,18}$/.test(cursor)) {
    throw new DomainError("invalid_input", "cursor must be a nextCursor that this list answered.");
  }
  const found = await withTenant(ctx.db, ctx.organizationId, (trx) => {
    let query = trx
      .selectFrom("contacts")
      .select(contactColumns)
      .where("organization_id", "=", ctx.organizationId)
      .orderBy("id", "desc")
      .limit(limit + 1);
    if (cursor !== undefined) query = query.where("id", "<", cursor);
    if (tag !== undefined) query = query.where(sql<SqlBool>`tags @> ${[tag]}::text[]`);
    if (search) query = query.where(contains(search));
    return query.execute();
  });
  const { rows, nextCursor } = pageByIds(found, limit);
  return { items: rows.map(toContact), nextCursor };
}

function contains(search: string): RawBuilder<SqlBool> {
  const part = `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  const digits = search.replaceAll(/[\s().-]/g, "");
  const phone = /^\+?\d+$/.test(digits) ? sql`or phone like ${`%${digits}%`}` : sql``;
  return sql<SqlBool>`(name ilike ${part} or email ilike ${part} ${phone})`;
}

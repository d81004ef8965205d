import type { Contact, ListContactsQuery } from "@loudhailer/contracts/contacts.ts";
import type { Page } from "@loudhailer/contracts/pagination.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { sql, type SqlBool } from "kysely";
import { pageByIds, parseBigintCursor } from "../id-cursor.ts";
import type { TenantContext } from "../tenant-context.ts";
import { searchCondition } from "./search-condition.ts";
import { contactColumns, toContact, type ContactRow } from "./to-contact.ts";

/** Looked through one by one before an index is asked: see findContacts. */
const newestMax = 5_000;
const widerFactor = 12;

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
  const before = cursor === undefined ? undefined : parseBigintCursor(cursor);
  const found = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    findContacts(trx, ctx.organizationId, { search, tag, before, limit: limit + 1 }),
  );
  const { rows, nextCursor } = pageByIds(found, limit);
  return { items: rows.map(toContact), nextCursor };
}

export interface ContactFilter {
  search?: string | undefined;
  tag?: string | undefined;
  /** Contacts older than this one. */
  before?: string | undefined;
  limit: number;
}

/**
 * The planner can't know whether a term is in every second name or in none, and its guess costs
 * seconds where it is wrong. So the newest contacts are looked through first: what is common is found
 * there, and what isn't has few enough matches to be sorted after the index has found them all.
 */
export async function findContacts(
  trx: TenantDb,
  organizationId: string,
  { search, tag, before, limit }: ContactFilter,
): Promise<ContactRow[]> {
  const ofOrganization = trx
    .selectFrom("tenant_contacts")
    .select(contactColumns)
    .where("organization_id", "=", organizationId)
    .$if(before !== undefined, (query) => query.where("id", "<", before ?? ""));
  if (!search && tag === undefined) {
    return ofOrganization.orderBy("id", "desc").limit(limit).execute();
  }
  const matches = sql<SqlBool>`(${search ? searchCondition(search) : sql`true`}
    and ${tag === undefined ? sql`true` : sql`tags @> ${[tag]}::text[]`})`;
  const among = (newest: number) =>
    trx
      .selectFrom(ofOrganization.orderBy("id", "desc").limit(newest).as("newest"))
      .selectAll()
      .where(matches)
      .orderBy("id", "desc")
      .limit(limit)
      .execute();
  let near = await among(newestMax);
  // Neither common nor rare: as many times more of them hold enough, if these are like the rest.
  if (near.length < limit && near.length * widerFactor >= limit) {
    near = await among(newestMax * widerFactor);
  }
  if (near.length === limit) return near;
  // MATERIALIZED keeps the planner from walking in order after all.
  return trx
    .with(
      (cte) => cte("found").materialized(),
      () => ofOrganization.where(matches),
    )
    .selectFrom("found")
    .selectAll()
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

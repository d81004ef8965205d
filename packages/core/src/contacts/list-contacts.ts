import type { Contact, ListContactsQuery } from "@loudhailer/contracts/contacts.ts";
import type { Page } from "@loudhailer/contracts/pagination.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { sql, type SqlBool } from "kysely";
import { parseBigintCursor } from "../id-cursor.ts";
import type { TenantContext } from "../tenant-context.ts";
import { pageByIds } from "../to-page.ts";
import { searchCondition } from "./search-condition.ts";
import { contactColumns, toContact, type ContactRow } from "./to-contact.ts";

/** Number of newest contacts that are scanned before an index is used (see findContacts). */
const newestMax = 5_000;
const widerFactor = 12;

/**
 * Returns contacts, newest first. `search` matches a part of the name, email address or phone
 * number, `tag` matches exactly this tag. Contacts are ordered by id, so paging by `cursor`
 * neither repeats nor skips a contact while others are added.
 * @throws DomainError `invalid_input` if the cursor isn't a contact's id
 */
export async function listContacts(
  ctx: TenantContext,
  { limit, cursor, search, tag }: ListContactsQuery,
): Promise<Page<Contact>> {
  const before = cursor === undefined ? undefined : parseBigintCursor(cursor);
  const found = await withTenant(ctx.db, ctx.organizationId, (trx) =>
    findContacts(trx, ctx.organizationId, { search, tag, before, limit: limit + 1 }),
  );
  return pageByIds(found, limit, toContact);
}

export interface ContactFilter {
  search?: string | undefined;
  tag?: string | undefined;
  /** Id of a contact; only older contacts are returned. */
  before?: string | undefined;
  limit: number;
}

/**
 * Finds contacts by search term and tag, newest first. The planner can't know whether a term is in
 * every second name or in none, and a wrong guess costs seconds. So the newest contacts are scanned
 * first: a common term is found there. A rare one has few enough matches to sort them after the
 * index has found them all.
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
  // Neither common nor rare: this many times more contacts have enough matches if evenly spread.
  if (near.length < limit && near.length * widerFactor >= limit) {
    near = await among(newestMax * widerFactor);
  }
  if (near.length === limit) return near;
  // MATERIALIZED keeps the planner from scanning in id order anyway.
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

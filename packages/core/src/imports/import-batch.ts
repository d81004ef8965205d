import type { ImportedContact } from "@loudhailer/contracts/contact-imports.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { contendedContacts } from "../contacts/contended-contacts.ts";
import { rememberLabels } from "../contacts/remember-labels.ts";
import { phoneSpellings } from "../contacts/whatsapp-phone.ts";
import { DomainError } from "../domain-error.ts";
import type { TenantContext } from "../tenant-context.ts";
import { insertRejectedRows, type RejectedRow } from "./insert-rejected-rows.ts";

export interface RowBatch {
  /** Contacts by phone number. */
  contacts: Map<string, ImportedContact>;
  /** Number of rows with the phone number of an earlier row in the batch. */
  repeated: number;
  rejected: RejectedRow[];
}

/** Number of attempts: contacts may be deleted and created by others while they are imported. */
const roundsMax = 5;

interface Merged {
  created: number;
  repeated: number;
  first: string | null;
  last: string | null;
}

/**
 * Imports and counts a batch of rows in one short transaction. One transaction for the whole file
 * would hold back vacuum, and with it the HOT updates of every broadcast that is sending. Stores
 * the previous values of existing contacts for the undo.
 *
 * Sends all rows as one JSON parameter instead of COPY: PostgreSQL refuses COPY FROM on a table
 * with row-level security ("Use INSERT statements instead").
 * @throws DomainError `conflict` if the import was ended meanwhile
 */
export async function importBatch(
  ctx: TenantContext,
  importId: string,
  batch: RowBatch,
): Promise<void> {
  const { organizationId } = ctx;
  await withTenant(ctx.db, organizationId, async (trx) => {
    // While the table grows, the planner would rather scan all of it than look up a batch of rows.
    await sql`set local enable_seqscan = off`.execute(trx);
    await sql`set local enable_hashjoin = off`.execute(trx);
    await sql`set local enable_mergejoin = off`.execute(trx);
    // A crash of PostgreSQL may lose batches; the whole import is then undone anyway.
    await sql`set local synchronous_commit = off`.execute(trx);
    await rememberLabels(trx, organizationId, labelsOf(batch));
    await insertRejectedRows(trx, organizationId, importId, batch.rejected);
    const merged = await mergeContacts(trx, organizationId, importId, batch);
    // This update comes last: the other lane of the file (import-contacts.ts) waits for this row.
    const processed = batch.contacts.size + batch.repeated + batch.rejected.length;
    const updated = batch.contacts.size + batch.repeated - merged.created;
    const counted = await trx
      .updateTable("contact_imports")
      .set((eb) => ({
        processed_rows: eb("processed_rows", "+", processed),
        created_contacts: eb("created_contacts", "+", merged.created),
        updated_contacts: eb("updated_contacts", "+", updated),
        repeated_rows: eb("repeated_rows", "+", batch.repeated + merged.repeated),
        rejected_rows: eb("rejected_rows", "+", batch.rejected.length),
        first_contact_id: sql<string>`least(first_contact_id, ${merged.first}::bigint)`,
        last_contact_id: sql<string>`greatest(last_contact_id, ${merged.last}::bigint)`,
        active_at: sql`now()`,
      }))
      .where("organization_id", "=", organizationId)
      .where("id", "=", importId)
      .where("status", "=", "processing")
      .executeTakeFirst();
    if (counted.numUpdatedRows === 0n) {
      throw new DomainError("conflict", "The import took too long and was ended; start it again.");
    }
  });
}

function labelsOf({ contacts }: RowBatch): { tags: Set<string>; attributes: Set<string> } {
  const labels = { tags: new Set<string>(), attributes: new Set<string>() };
  for (const { tags, attributes } of contacts.values()) {
    for (const tag of tags) labels.tags.add(tag);
    for (const key of Object.keys(attributes)) labels.attributes.add(key);
  }
  return labels;
}

async function mergeContacts(
  trx: TenantDb,
  organizationId: string,
  importId: string,
  { contacts }: RowBatch,
): Promise<Merged> {
  const merged: Merged = { created: 0, repeated: 0, first: null, last: null };
  let rest = [...contacts.values()];
  for (let round = 0; rest.length > 0; round++) {
    if (round === roundsMax) throw contendedContacts();
    const created = await insertNew(trx, organizationId, importId, rest);
    for (const { id } of created) {
      merged.first ??= id;
      if (BigInt(id) < BigInt(merged.first)) merged.first = id;
      if (merged.last === null || BigInt(id) > BigInt(merged.last)) merged.last = id;
    }
    merged.created += created.length;
    rest = without(rest, created);
    if (rest.length === 0) break;
    const updated = await updateKnown(trx, organizationId, importId, rest);
    merged.repeated += updated.filter(({ repeated }) => repeated).length;
    // The remaining contacts were deleted just now.
    rest = without(rest, updated);
  }
  await inheritOptOuts(trx, organizationId, [...contacts.keys()]);
  return merged;
}

function without(
  contacts: readonly ImportedContact[],
  done: readonly { phone: string }[],
): ImportedContact[] {
  const phones = new Set(done.map(({ phone }) => phone));
  return contacts.filter(({ phone }) => !phones.has(phone));
}

// Inserts in the order of phone numbers, so that two imports of one organization wait for each
// other instead of deadlocking.
async function insertNew(
  trx: TenantDb,
  organizationId: string,
  importId: string,
  contacts: readonly ImportedContact[],
): Promise<{ id: string; phone: string }[]> {
  const { rows } = await sql<{ id: string; phone: string }>`
    insert into contacts (organization_id, phone, name, email, attributes, tags, import_id)
    select ${organizationId}::uuid, phone, name, email, attributes, tags, ${importId}::uuid
    from json_to_recordset(${JSON.stringify(contacts)}::json)
      as row (phone text, name text, email text, attributes jsonb, tags text[])
    order by phone
    on conflict (organization_id, phone) do nothing
    returning id, phone
  `.execute(trx);
  return rows;
}

/** Updates existing contacts; `repeated` is true if an earlier row of the file had the number. */
async function updateKnown(
  trx: TenantDb,
  organizationId: string,
  importId: string,
  contacts: readonly ImportedContact[],
): Promise<{ phone: string; repeated: boolean }[]> {
  const { rows } = await sql<{ phone: string; repeated: boolean }>`
    with incoming as materialized (
      select * from json_to_recordset(${JSON.stringify(contacts)}::json)
        as row (phone text, name text, email text, attributes jsonb, tags text[])
    ),
    known as materialized (
      select c.* from incoming i
      join contacts c on c.organization_id = ${organizationId}::uuid and c.phone = i.phone
      order by c.phone
      for no key update of c
    ),
    kept as (
      insert into contact_import_changes as k (organization_id, import_id, contact_id, name, email,
        attributes, tags, updated_at, changed_at)
      select organization_id, ${importId}::uuid, id, name, email, attributes, tags, updated_at, now()
      from known where import_id is distinct from ${importId}::uuid
      on conflict (import_id, contact_id) do update set changed_at = excluded.changed_at
      -- xmax is 0 only in a row that was inserted, not updated.
      returning contact_id, xmax <> 0 as repeated
    )
    update contacts c set
      name = coalesce(i.name, c.name),
      email = coalesce(i.email, c.email),
      attributes = c.attributes || i.attributes,
      tags = c.tags || array(select tag from unnest(i.tags) tag where tag <> all(c.tags)),
      -- One that this import has made, and nobody has touched since, stays untouched.
      updated_at = case when c.import_id = ${importId}::uuid and c.updated_at = c.created_at
        then c.updated_at else now() end
    from known n
    join incoming i on i.phone = n.phone
    left join kept k on k.contact_id = n.id
    where c.organization_id = ${organizationId}::uuid and c.id = n.id
    returning c.phone, coalesce(k.repeated, true) as repeated
  `.execute(trx);
  return rows;
}

/** Opts new contacts out if the contact with the number's other spelling has opted out. */
async function inheritOptOuts(
  trx: TenantDb,
  organizationId: string,
  phones: readonly string[],
): Promise<void> {
  const phoneOf = new Map(
    phones.flatMap((phone) => {
      const [, other] = phoneSpellings(phone);
      return other === undefined ? [] : [[other, phone] as const];
    }),
  );
  if (phoneOf.size === 0) return;
  const optedOut = await trx
    .selectFrom("contacts")
    .select(["phone", "opted_out_at", "opt_out_source"])
    .where("organization_id", "=", organizationId)
    .where(sql<boolean>`phone = any(${[...phoneOf.keys()]}::text[])`)
    .where("opted_out_at", "is not", null)
    .execute();
  for (const { phone: other, opted_out_at, opt_out_source } of optedOut) {
    await trx
      .updateTable("contacts")
      .set({ opted_out_at, opt_out_source, updated_at: sql`now()` })
      .where("organization_id", "=", organizationId)
      .where("phone", "=", phoneOf.get(other ?? "") ?? "")
      .where("opted_out_at", "is", null)
      .where("opted_in_at", "is", null)
      .execute();
  }
}

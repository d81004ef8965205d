import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely, type Transaction } from "kysely";
import { otherSpellingSql } from "../contacts/whatsapp-phone.ts";

/**
 * Moves the rows of one uploaded import into contacts and completes it, in one transaction. The
 * last row of a phone wins over the rows before; what it leaves empty stays as it was; tags and
 * attributes are added to those there. An opt-out is never lifted.
 *
 * `db` must be on the role loudhailer_engine. Answers false where there is nothing to do: the
 * import is not waiting for its merge, or another process is at it.
 */
export async function mergeContactImport(db: Kysely<Database>, importId: string): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const waiting = await trx
      .selectFrom("contact_imports")
      .select(["organization_id", "processed_rows", "rejected_rows"])
      .where("id", "=", importId)
      .where("status", "=", "merging")
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (waiting === undefined) return false;
    const created = await upsertContacts(trx, waiting.organization_id, importId);
    await inheritOptOuts(trx, waiting.organization_id, importId);
    await trx
      .deleteFrom("contact_import_rows")
      .where("organization_id", "=", waiting.organization_id)
      .where("import_id", "=", importId)
      .execute();
    await trx
      .updateTable("contact_imports")
      .set({
        status: "completed",
        created_contacts: created,
        updated_contacts: waiting.processed_rows - waiting.rejected_rows - created,
        completed_at: sql<Date>`now()`,
      })
      .where("organization_id", "=", waiting.organization_id)
      .where("id", "=", importId)
      .execute();
    return true;
  });
}

/** Answers how many contacts are new. */
async function upsertContacts(
  trx: Transaction<Database>,
  organizationId: string,
  importId: string,
): Promise<number> {
  // In the order of phones, so that two imports of one organization wait for each other instead
  // of deadlocking. xmax is 0 only in a row that was inserted, not updated.
  const { rows } = await sql<{ created: number }>`
    with merged as (
      insert into contacts as c (organization_id, phone, name, email, attributes, tags)
      select distinct on (row.phone) row.organization_id, row.phone, row.name, row.email,
        row.attributes, ${sql.raw(union("row.tags", "import.tags"))}
      from contact_import_rows row
      join contact_imports import
        on import.organization_id = row.organization_id and import.id = row.import_id
      where row.organization_id = ${organizationId} and row.import_id = ${importId}
      order by row.phone, row.line_number desc
      on conflict (organization_id, phone) do update set
        name = coalesce(excluded.name, c.name),
        email = coalesce(excluded.email, c.email),
        attributes = c.attributes || excluded.attributes,
        tags = ${sql.raw(union("c.tags", "excluded.tags"))},
        updated_at = now()
      returning xmax = 0 as created
    )
    select count(*) filter (where created)::integer as created from merged
  `.execute(trx);
  return rows[0]?.created ?? 0;
}

/** Who has opted out stays out, also where the file spells the number in its other way. */
async function inheritOptOuts(
  trx: Transaction<Database>,
  organizationId: string,
  importId: string,
): Promise<void> {
  await sql`
    with spelt as materialized (
      select phone, ${otherSpellingSql("phone")} as other from contact_import_rows
      where organization_id = ${organizationId} and import_id = ${importId} and phone like '+5%'
    )
    update contacts c
    set opted_out_at = o.opted_out_at, opt_out_source = o.opt_out_source, updated_at = now()
    from spelt s
    join contacts o on o.organization_id = ${organizationId} and o.phone = s.other
      and o.opted_out_at is not null
    where c.organization_id = ${organizationId} and c.phone = s.phone
      and c.opted_out_at is null and c.opted_in_at is null
  `.execute(trx);
}

/** SQL for the tags of `first`, then those of `second` that are not among them. */
function union(first: string, second: string): string {
  return `${first} || array(select tag from unnest(${second}) tag where tag <> all(${first}))`;
}

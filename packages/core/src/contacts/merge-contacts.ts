import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Transaction } from "kysely";
import { lockForRemoval } from "./lock-audience.ts";
import { mergeRecipients } from "./merge-recipients.ts";

/** One of two contacts was deleted meanwhile; the caller has to find them again. */
export class ContactGoneError extends Error {
  constructor() {
    super("A contact was deleted meanwhile.");
    this.name = "ContactGoneError";
  }
}

/**
 * Merges two contacts of one person: moves everything from `fromId` to `intoId`, whose own values
 * win, and deletes `fromId`. The later consent applies; of two at the same time, the opt-out. Waits
 * for a slice of recipients that is being frozen. Locks recipients before broadcasts and broadcasts before contacts, like every move of recipients.
 * An inbound message holds its contact first, so the two can deadlock: PostgreSQL then ends one.
 * @throws ContactGoneError if one of the contacts was deleted meanwhile
 */
export async function mergeContacts(
  trx: Transaction<Database>,
  ids: { organizationId: string; fromId: string; intoId: string },
): Promise<void> {
  const { organizationId, fromId, intoId } = ids;
  await lockForRemoval(trx, organizationId);
  await mergeRecipients(trx, ids);
  const { rows: locked } = await sql`
    select from contacts
    where organization_id = ${organizationId} and id in (${fromId}, ${intoId})
    order by id for update
  `.execute(trx);
  if (locked.length < 2) throw new ContactGoneError();
  for (const table of ["inbound_messages", "contact_consents"] as const) {
    await trx
      .updateTable(table)
      .set({ contact_id: intoId })
      .where("organization_id", "=", organizationId)
      .where("contact_id", "=", fromId)
      .execute();
  }
  const { rows } = await sql<{ id: string }>`
    delete from contacts where organization_id = ${organizationId} and id = ${fromId} returning *
  `.execute(trx);
  if (rows.length === 0) return;
  await sql`
    update contacts c
    set name = coalesce(c.name, f.name), email = coalesce(c.email, f.email),
      attributes = f.attributes || c.attributes,
      tags = (select coalesce(array_agg(distinct tag), '{}') from unnest(c.tags || f.tags) as tag),
      last_inbound_at = greatest(c.last_inbound_at, f.last_inbound_at),
      opted_out_at = case when f.is_later then f.opted_out_at else c.opted_out_at end,
      opt_out_source = case when f.is_later then f.opt_out_source else c.opt_out_source end,
      opted_in_at = case when f.is_later then f.opted_in_at else c.opted_in_at end,
      opt_in_source = case when f.is_later then f.opt_in_source else c.opt_in_source end,
      updated_at = now()
    from (
      select f.*, (coalesce(greatest(f.opted_out_at, f.opted_in_at), '-infinity'),
          f.opted_out_at is not null)
        > (coalesce(greatest(i.opted_out_at, i.opted_in_at), '-infinity'),
          i.opted_out_at is not null) as is_later
      from jsonb_populate_record(null::contacts, ${JSON.stringify(rows[0])}::jsonb) f, contacts i
      where i.id = ${intoId}
    ) f
    where c.organization_id = ${organizationId} and c.id = ${intoId}
  `.execute(trx);
}

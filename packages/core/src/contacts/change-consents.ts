import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

export interface ConsentChange {
  contactId: string;
  /** True for an opt-in, false for an opt-out. */
  wants: boolean;
  /** Meta's timestamp of the change, in whole seconds. */
  at: Date;
  /** The origin of the change: `stop_word`, `start_word` or `meta_user_preferences`. */
  source: string;
}

/**
 * Opts contacts out and in again, in the given order, and records each change in
 * contact_consents. A change older than the contact's latest consent has no effect, because
 * webhooks arrive late and repeatedly.
 */
export async function changeConsents(
  db: Kysely<Database>,
  changes: readonly ConsentChange[],
): Promise<void> {
  // One statement per change of a contact: two in one statement would record only the last one.
  for (const part of partsWithUniqueContacts(changes)) await changePart(db, part);
}

/** Splits the changes into ordered parts in which each contact occurs at most once. */
function partsWithUniqueContacts(changes: readonly ConsentChange[]): ConsentChange[][] {
  const parts: ConsentChange[][] = [];
  const counts = new Map<string, number>();
  for (const change of changes) {
    const count = counts.get(change.contactId) ?? 0;
    counts.set(change.contactId, count + 1);
    (parts[count] ??= []).push(change);
  }
  return parts;
}

async function changePart(db: Kysely<Database>, changes: readonly ConsentChange[]): Promise<void> {
  // An opt-out counts as one second newer: Meta rounds times down, and an opt-out must not lose to
  // an opt-in of the same second.
  await sql`
    with wanted as (
      select * from unnest(
        ${changes.map(({ contactId }) => contactId)}::bigint[],
        ${changes.map(({ wants }) => wants)}::boolean[],
        ${changes.map(({ at }) => at)}::timestamptz[],
        ${changes.map(({ source }) => source)}::text[]
      ) as w(contact_id, wants, at, source)
    ),
    locked as materialized (
      select id from contacts where id in (select contact_id from wanted) order by id for no key update
    )
    update contacts c
    set opted_out_at = case when not w.wants then w.at end,
      opt_out_source = case when not w.wants then w.source end,
      opted_in_at = case when w.wants then w.at else c.opted_in_at end,
      opt_in_source = case when w.wants then w.source else c.opt_in_source end,
      updated_at = now()
    from wanted w join locked l on l.id = w.contact_id
    where c.id = l.id
      and case
        when c.opted_out_at is null and c.opted_in_at is null then true
        when w.wants then c.opted_out_at is not null
          and w.at >= greatest(c.opted_out_at, c.opted_in_at)
        -- Said once more it is newer than a START that is still to come.
        when c.opted_out_at is not null then w.at > greatest(c.opted_out_at, c.opted_in_at)
        else w.at + interval '1 second' > c.opted_in_at
      end
  `.execute(db);
}

import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely } from "kysely";

export interface ConsentChange {
  contactId: string;
  /** False: no more messages. */
  wants: boolean;
  /** Meta's time of it, in whole seconds. */
  at: Date;
  /** How: `stop_word`, `start_word`, `meta_user_preferences`. */
  source: string;
}

/**
 * Opts contacts out and in again, in the order given; each leaves its trace in contact_consents.
 * What is older than the contact's last consent changes nothing: webhooks come late and repeated.
 */
export async function changeConsents(
  db: Kysely<Database>,
  changes: readonly ConsentChange[],
): Promise<void> {
  // One statement each: of two in one statement the first would leave no trace.
  for (const part of inTurns(changes)) await changeOnce(db, part);
}

/** Each contact at most once a part, in order. */
function inTurns(changes: readonly ConsentChange[]): ConsentChange[][] {
  const parts: ConsentChange[][] = [];
  const turns = new Map<string, number>();
  for (const change of changes) {
    const turn = turns.get(change.contactId) ?? 0;
    turns.set(change.contactId, turn + 1);
    (parts[turn] ??= []).push(change);
  }
  return parts;
}

async function changeOnce(db: Kysely<Database>, changes: readonly ConsentChange[]): Promise<void> {
  // A second more for a STOP: Meta's times are rounded down, and it must not lose against an opt-in of
  // the same second.
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

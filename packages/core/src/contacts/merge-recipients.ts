import type { OwnRecipientCode } from "@loudhailer/contracts/recipient-codes.ts";
import type { Database } from "@loudhailer/db/database.ts";
import { countMovesSql } from "@loudhailer/db/move-recipients.ts";
import { sql, type Transaction } from "kysely";

const mergedContact = sql.lit<OwnRecipientCode>("merged_contact");

/** How much each status says about whether the person has the message or still gets it. */
const evidence = sql`case status
  when 'read' then 7 when 'delivered' then 6 when 'sent' then 5 when 'unknown' then 4
  when 'sending' then 3 when 'pending' then 2 when 'failed' then 1 else 0 end`;

/**
 * Moves the recipients of contact `fromId` to `intoId`, so that the person gets each broadcast once
 * at most. In a broadcast that has both, the row that was tried, or else the one that is still
 * pending, becomes the person's; of two alike, the row of `intoId`. The other row loses its contact
 * and is skipped if it is pending. It also loses its phone number and values, like a deleted
 * contact's: nothing can send it again, and a later deletion of the person would not find it. It
 * keeps its attempts and names the person's row in `merged_into`: if one of its messages turns out to
 * have reached the person, nothing more is sent (move-attempts.ts). Must run after `lockForRemoval`.
 */
export async function mergeRecipients(
  trx: Transaction<Database>,
  { organizationId, fromId, intoId }: { organizationId: string; fromId: string; intoId: string },
): Promise<void> {
  await sql`
    with persons as materialized (
      select id from whatsapp_broadcast_recipients
      where contact_id in (${fromId}::bigint, ${intoId}::bigint)
        and organization_id = ${organizationId}
    ),
    wanted as materialized (
      select id from persons
      union all
      select f.id from whatsapp_broadcast_recipients f
      where f.merged_into is not null and f.merged_into in (select id from persons)
    ),
    own as materialized (
      select r.id, r.broadcast_id, r.contact_id, r.status
      from whatsapp_broadcast_recipients r
      where r.id in (select id from wanted)
      order by r.id for no key update
    ),
    ranked as (
      select id, status as old_status, first_value(id) over best as kept_id
      from own
      where contact_id in (${fromId}::bigint, ${intoId}::bigint)
      window best as (
        partition by broadcast_id order by ${evidence} desc, contact_id = ${intoId}::bigint desc
      )
    ),
    moved as (
      update whatsapp_broadcast_recipients r
      set contact_id = null, phone = '', variables = '[]', merged_into = o.kept_id,
        -- By its moment, a sweep finds one that is being sent if its dispatcher dies.
        next_attempt_at = case when o.old_status = 'sending' then r.next_attempt_at end,
        status = case when o.old_status = 'pending' then 'skipped' else r.status end,
        error_code = case when o.old_status = 'pending' then ${mergedContact} else r.error_code end,
        error_title = case when o.old_status = 'pending'
          then 'The same person is in the broadcast with another number' else r.error_title end
      from ranked o where r.id = o.id and o.kept_id <> o.id
      returning r.broadcast_id, o.old_status, r.status as new_status
    ),
    repointed as (
      update whatsapp_broadcast_recipients r
      set merged_into = k.kept_id
      from own f, ranked k
      where r.id = f.id and f.contact_id is null and r.merged_into = k.id and k.kept_id <> k.id
    ),
    ${sql.raw(countMovesSql)}
    select 1
  `.execute(trx);
  // A statement of its own: a row can take the contact only once the other row has lost it.
  await trx
    .updateTable("whatsapp_broadcast_recipients")
    .set({ contact_id: intoId })
    .where("organization_id", "=", organizationId)
    .where("contact_id", "=", fromId)
    .execute();
}

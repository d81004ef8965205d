import type { OwnRecipientCode } from "@loudhailer/contracts/recipient-codes.ts";
import type { Database, TemplateSnapshot } from "@loudhailer/db/database.ts";
import { compileTemplate, type CompiledTemplate } from "@loudhailer/whatsapp/compile-template.ts";
import { sql, type RawBuilder, type Transaction } from "kysely";
import { fieldValuesSql, textArraySql } from "../contacts/contact-field-sql.ts";
import { lockAgainstRemovals } from "../contacts/lock-audience.ts";
import { compileSegment } from "../segments/compile-segment.ts";

const missingVariable = sql.lit<OwnRecipientCode>("missing_variable");

/** The broadcast's columns that determine its audience. */
export interface AudienceSource {
  id: string;
  organization_id: string;
  segment_criteria: object;
  variables: object;
  template_snapshot: TemplateSnapshot | null;
  /** Last contact of the previous slice; null before the first slice. */
  prepare_cursor: string | null;
}

export interface FrozenSlice {
  total: number;
  skipped: number;
  /** Number of contacts that the slice was made from. */
  seen: number;
  /** Last contact of this slice; null if no contacts were left. */
  lastContactId: string | null;
}

/**
 * Writes recipients for the next `sizeMax` contacts of the segment that have a phone number and
 * haven't opted out, in id order and with each contact's own values. Recipients with a missing
 * value are skipped with the reason.
 *
 * Contacts added after the launch are excluded. Otherwise a contact that is deleted and imported
 * again between two slices would get the message twice. Contacts that are being deleted or merged
 * are waited for, and such changes wait for the slice.
 */
export async function freezeSlice(
  trx: Transaction<Database>,
  broadcast: AudienceSource,
  sizeMax: number,
): Promise<FrozenSlice> {
  if (!broadcast.template_snapshot) {
    throw new Error(`broadcast ${broadcast.id} has no template snapshot`);
  }
  const template = compileTemplate(broadcast.template_snapshot, broadcast.variables);
  await lockAgainstRemovals(trx, broadcast.organization_id);
  // The lateral join computes a contact's values once, for the check and for storing them.
  const { rows } = await sql<FrozenSlice>`
    with slice as (
      select c.id, c.phone, c.name, c.email, c.attributes
      from contacts c
      where c.organization_id = ${broadcast.organization_id}::uuid
        and c.id > ${broadcast.prepare_cursor ?? "0"}::bigint
        and c.phone is not null
        and c.opted_out_at is null
        and c.created_at <= coalesce(
          (select launched_at from whatsapp_broadcasts where id = ${broadcast.id}::uuid), now())
        and ${compileSegment(broadcast.segment_criteria)}
      order by c.id
      limit ${sizeMax}::integer
    ),
    inserted as (
      insert into whatsapp_broadcast_recipients
        (organization_id, broadcast_id, contact_id, phone, variables, status, error_code,
          error_title)
      select ${broadcast.organization_id}::uuid, ${broadcast.id}::uuid, c.id, c.phone,
        to_jsonb(v.values),
        case when v.missing is null then 'pending' else 'skipped' end,
        case when v.missing is not null then ${missingVariable} end,
        v.missing
      from slice c
      cross join lateral (
        select f.values, ${missingFieldSql(template)} as missing
        from (select ${textArraySql(fieldValuesSql(template.fields))} as values) f
      ) v
      order by c.id
      -- One with whom an earlier contact was merged has its row already.
      on conflict (contact_id, broadcast_id) do nothing
      returning status
    )
    select (select count(*) from inserted)::integer as total,
      (select count(*) from inserted where status = 'skipped')::integer as skipped,
      (select count(*) from slice)::integer as seen,
      (select max(id) from slice) as "lastContactId"
  `.execute(trx);
  return rows[0] ?? { total: 0, skipped: 0, seen: 0, lastContactId: null };
}

/** Returns SQL for a sentence on the first field the contact lacks; null if it has them all. */
function missingFieldSql(template: CompiledTemplate): RawBuilder<string | null> {
  if (template.fields.length === 0) return sql`null::text`;
  const cases = template.fields.map(
    ({ field }, index) =>
      sql`when f.values[${sql.lit(index + 1)}] is null then ${`The contact has no ${field}`}::text`,
  );
  return sql`case ${sql.join(cases, sql` `)} end`;
}

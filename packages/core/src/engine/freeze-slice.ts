import type { Database, TemplateSnapshot } from "@loudhailer/db/database.ts";
import { compileTemplate, type CompiledTemplate } from "@loudhailer/whatsapp/compile-template.ts";
import { sql, type RawBuilder, type Transaction } from "kysely";
import { contactFieldSql } from "../contacts/contact-field-sql.ts";
import { compileSegment } from "../segments/compile-segment.ts";

/** What a broadcast's audience is made from. */
export interface AudienceSource {
  id: string;
  organization_id: string;
  segment_criteria: object;
  variables: object;
  template_snapshot: TemplateSnapshot | null;
  /** The last contact of the slice before, or null. */
  prepare_cursor: string | null;
}

export interface FrozenSlice {
  total: number;
  skipped: number;
  /** Contacts that it was made from. */
  seen: number;
  /** The last contact of this slice; null where nobody was left. */
  lastContactId: string | null;
}

/**
 * Writes the recipients for the next `sizeMax` contacts of the segment who have not opted out, in
 * the order of their ids, with each one's own values; who lacks one is skipped with the reason.
 *
 * Contacts that were added after the launch are left out: one who is deleted and imported again
 * while the slices go by would be written to twice.
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
  // The values are computed once a contact, in the lateral join, then looked at and stored.
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
        case when v.missing is not null then 'missing_variable' end,
        v.missing
      from slice c
      cross join lateral (
        select f.values, ${missingFieldSql(template)} as missing
        from (select ${valuesSql(template)} as values) f
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

function valuesSql(template: CompiledTemplate): RawBuilder<(string | null)[]> {
  const values = template.fields.map(
    ({ field, fallback }) => sql`coalesce(${contactFieldSql(field)}, ${fallback}::text)`,
  );
  return values.length === 0 ? sql`array[]::text[]` : sql`array[${sql.join(values)}]`;
}

/** Words for the first field the contact lacks, or null. */
function missingFieldSql(template: CompiledTemplate): RawBuilder<string | null> {
  if (template.fields.length === 0) return sql`null::text`;
  const cases = template.fields.map(
    ({ field }, index) =>
      sql`when f.values[${sql.lit(index + 1)}] is null then ${`The contact has no ${field}`}::text`,
  );
  return sql`case ${sql.join(cases, sql` `)} end`;
}

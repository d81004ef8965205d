import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { sql, type RawBuilder } from "kysely";
import { contactFieldSql, textArraySql } from "../contacts/contact-field-sql.ts";
import { invalidField } from "../invalid-field.ts";
import { compileSegment } from "./compile-segment.ts";

interface SampleField {
  field: string;
  fallback: string | null;
}

/** The source of the values: a contact's id, a segment (its oldest opted-in contact), or none. */
export type Sample = string | { segmentCriteria: unknown } | null;

/**
 * Returns the text for each field of a sample message: the contact's value, the fallback value, or
 * the field's name in brackets.
 * @throws DomainError `invalid_input` if the contact isn't the organization's, the segment isn't
 *   valid, or a field isn't a contact field
 */
export async function sampleValues(
  trx: TenantDb,
  organizationId: string,
  fields: readonly SampleField[],
  sample: Sample,
): Promise<string[]> {
  const found = sample === null ? null : await valuesOf(trx, organizationId, fields, sample);
  return fields.map(({ field, fallback }, index) => found?.[index] ?? fallback ?? `[${field}]`);
}

async function valuesOf(
  trx: TenantDb,
  organizationId: string,
  fields: readonly SampleField[],
  sample: NonNullable<Sample>,
): Promise<(string | null)[] | null> {
  const columns = fields.map(({ field }) => contactFieldSql(field));
  const { rows } = await sql<{ values: (string | null)[] }>`
    select ${textArraySql(columns)} as values
    from tenant_contacts c where c.organization_id = ${organizationId} and ${sampleCondition(sample)}
    order by c.id limit 1
  `.execute(trx);
  if (typeof sample === "string" && rows.length === 0) {
    throw invalidField("contactId", "names no contact of yours");
  }
  return rows[0]?.values ?? null;
}

function sampleCondition(sample: NonNullable<Sample>): RawBuilder<unknown> {
  return typeof sample === "string"
    ? sql`c.id = ${sample}::bigint`
    : sql`c.opted_out_at is null and ${compileSegment(sample.segmentCriteria)}`;
}

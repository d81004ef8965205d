import type { Preflight, SkipReason } from "@loudhailer/contracts/broadcasts.ts";
import type { TemplateSnapshot } from "@loudhailer/db/database.ts";
import type { TenantDb } from "@loudhailer/db/tenant.ts";
import { compileTemplate } from "@loudhailer/whatsapp/compile-template.ts";
import { renderPreview } from "@loudhailer/whatsapp/render-preview.ts";
import type { TemplateVariables } from "@loudhailer/whatsapp/template-variables.ts";
import { sql, type RawBuilder } from "kysely";
import { fieldValuesSql, textArraySql } from "../contacts/contact-field-sql.ts";
import { compileSegment } from "../segments/compile-segment.ts";

export interface Audience {
  organizationId: string;
  segmentCriteria: unknown;
}

/** A template with variables that fit it. */
export interface Content {
  snapshot: TemplateSnapshot;
  variables: TemplateVariables;
}

export interface AudienceCounts {
  recipients: number;
  skipped: Preflight["skipped"];
  /** Number of recipients whose phone number begins with +1. */
  northAmerica: number;
}

interface Row {
  state: Exclude<SkipReason, "missing_variable"> | "reached";
  /** 1-based position of the first missing value; null if none is missing. */
  place: number | null;
  count: number;
  northAmerica: number;
}

const sampleSize = 3;

/** What holds for skipped contacts; `field` is the one without a value. */
const skipMessages: Record<SkipReason, (field: string) => string> = {
  opted_out: () => "have opted out",
  no_phone: () => "have no phone number that we know",
  missing_variable: (field) => `have no ${field}; fill it in, or give the variable a fallback`,
};

/**
 * Counts in one pass over the segment the contacts who would get the message, and the excluded and
 * skipped ones by reason.
 */
export async function countAudience(
  trx: TenantDb,
  { organizationId, segmentCriteria }: Audience,
  content: Content | null,
): Promise<AudienceCounts> {
  const fields =
    content === null ? [] : compileTemplate(content.snapshot, content.variables).fields;
  const missing = fields.length === 0 ? sql`null::int` : firstMissing(fieldValuesSql(fields));
  const { rows } = await sql<Row>`
    select state, place, count(*)::integer as count,
      count(*) filter (where phone like '+1%')::integer as "northAmerica"
    from (
      select c.phone, ${missing} as place,
        case when c.opted_out_at is not null then ${sql.lit<SkipReason>("opted_out")}
          when c.phone is null then ${sql.lit<SkipReason>("no_phone")} else 'reached' end as state
      from tenant_contacts c
      where c.organization_id = ${organizationId}
        and ${compileSegment(segmentCriteria, { countedFor: organizationId })}
    ) audience
    group by state, case when state = 'reached' then place end, place
  `.execute(trx);
  const { opted_out = [], no_phone = [], reached = [] } = Object.groupBy(rows, (row) => row.state);
  const missingAt = (place: number | null) => reached.filter((row) => row.place === place);
  const skipped = [
    skippedFor("opted_out", opted_out),
    skippedFor("no_phone", no_phone),
    ...fields.map(({ field }, index) =>
      skippedFor("missing_variable", missingAt(index + 1), field),
    ),
  ];
  const complete = missingAt(null);
  return {
    recipients: countOf(complete),
    skipped: skipped.filter(({ count }) => count > 0),
    northAmerica: complete.reduce((sum, { northAmerica }) => sum + northAmerica, 0),
  };
}

function skippedFor(
  reason: SkipReason,
  rows: readonly Row[],
  field = "",
): Preflight["skipped"][number] {
  return { reason, count: countOf(rows), message: skipMessages[reason](field) };
}

function countOf(rows: readonly Row[]): number {
  return rows.reduce((sum, { count }) => sum + count, 0);
}

/** Returns SQL for the 1-based position of a contact's first missing value; null if none is. */
function firstMissing(values: readonly RawBuilder<unknown>[]): RawBuilder<number | null> {
  const cases = values.map((value, index) => sql`when ${value} is null then ${sql.lit(index + 1)}`);
  return sql<number | null>`case ${sql.join(cases, sql` `)} end`;
}

/** Returns a few contacts who would get the message, each with a preview of it. */
export async function sampleAudience(
  trx: TenantDb,
  { organizationId, segmentCriteria }: Audience,
  { snapshot, variables }: Content,
): Promise<Preflight["samples"]> {
  const { fields } = compileTemplate(snapshot, variables);
  const { rows } = await sql<{ id: string; name: string | null; values: (string | null)[] }>`
    select * from (
      select c.id, c.name,
        ${textArraySql(fieldValuesSql(fields))} as values
      from tenant_contacts c
      where c.organization_id = ${organizationId} and c.opted_out_at is null
        and c.phone is not null and ${compileSegment(segmentCriteria)}
      order by c.id limit 500
    ) first
    where array_position(values, null) is null
    limit ${sampleSize}
  `.execute(trx);
  return rows.map((row) => ({
    contactId: row.id,
    name: row.name,
    preview: renderPreview(snapshot, variables, row.values),
  }));
}

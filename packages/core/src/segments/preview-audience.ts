import type { AudiencePreview } from "@loudhailer/contracts/contacts.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { sql, type SqlBool } from "kysely";
import { contactColumns, toContact, type ContactRow } from "../contacts/to-contact.ts";
import type { TenantContext } from "../tenant-context.ts";
import { boundCounting } from "./bound-counting.ts";
import { checkSegment } from "./check-segment.ts";
import { compileSegment } from "./compile-segment.ts";

const sampleSize = 5;
/** Looked through one by one before all are. */
const oldestMax = 10_000;

/**
 * How many contacts a broadcast to this segment would reach now (those with a phone who have not
 * opted out), how many match but have opted out, and a few of those it would reach. Throws
 * `invalid_input` as `compileSegment` does.
 */
export async function previewAudience(
  ctx: TenantContext,
  input: { segmentCriteria: unknown },
): Promise<AudiencePreview> {
  const counted = compileSegment(input.segmentCriteria, { countedFor: ctx.organizationId });
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    await checkSegment(trx, ctx.organizationId, input.segmentCriteria);
    await boundCounting(trx);
    const counts = await trx
      .selectFrom("tenant_contacts as c")
      .where("c.organization_id", "=", ctx.organizationId)
      .where(counted)
      .select([
        sql<number>`count(*) filter (where c.opted_out_at is null and c.phone is not null)::integer`.as(
          "count",
        ),
        sql<number>`count(*) filter (where c.opted_out_at is not null)::integer`.as("optedOut"),
        sql<number>`count(*) filter (where c.opted_out_at is null and c.phone is null)::integer`.as(
          "withoutPhone",
        ),
      ])
      .executeTakeFirstOrThrow();
    const sample = await sampleOf(trx, ctx.organizationId, input.segmentCriteria, counts.count);
    return { ...counts, sample: sample.map(toContact) };
  });
}

/** The oldest whom it reaches: what is common is found among the first, of all else there are few. */
async function sampleOf(
  trx: TenantDb,
  organizationId: string,
  segmentCriteria: unknown,
  count: number,
): Promise<ContactRow[]> {
  const wanted = Math.min(count, sampleSize);
  if (wanted === 0) return [];
  const ofOrganization = trx
    .selectFrom("tenant_contacts as c")
    .selectAll()
    .where("c.organization_id", "=", organizationId);
  const reached = sql<SqlBool>`(${compileSegment(segmentCriteria)}
    and c.opted_out_at is null and c.phone is not null)`;
  const near = await trx
    .selectFrom(ofOrganization.orderBy("c.id").limit(oldestMax).as("c"))
    .select(contactColumns)
    .where(reached)
    .orderBy("c.id")
    .limit(wanted)
    .execute();
  if (near.length === wanted) return near;
  // MATERIALIZED keeps the planner from walking in order, through all of them.
  return trx
    .with(
      (cte) => cte("found").materialized(),
      () => ofOrganization.where(reached),
    )
    .selectFrom("found")
    .select(contactColumns)
    .orderBy("id")
    .limit(wanted)
    .execute();
}

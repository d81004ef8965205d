import type { AudiencePreview } from "@loudhailer/contracts/contacts.ts";
import { withTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import { sql, type SqlBool } from "kysely";
import { contactColumns, toContact, type ContactRow } from "../contacts/to-contact.ts";
import type { TenantContext } from "../tenant-context.ts";
import { boundCounting } from "./bound-counting.ts";
import { checkSegment } from "./check-segment.ts";
import { compileSegment } from "./compile-segment.ts";

const sampleSize = 5;
/** Number of oldest contacts that are scanned before the whole audience is searched. */
const oldestMax = 10_000;

/**
 * Counts the contacts that a broadcast to this segment would reach now (with a phone number and not
 * opted out), the matching contacts that it would exclude (opted out, or without a phone number),
 * and returns a few contacts that it would reach.
 * @throws DomainError `invalid_input` naming every bad rule
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

/**
 * Returns the oldest reachable contacts. If many contacts match, the first ones suffice; else there
 * are few to sort.
 */
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
  // MATERIALIZED keeps the planner from scanning all contacts in id order.
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

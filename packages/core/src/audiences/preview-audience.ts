import type { AudiencePreview } from "@loudhailer/contracts/contacts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { contactColumns, toContact } from "../contacts/to-contact.ts";
import type { TenantContext } from "../tenant-context.ts";
import { compileSegment } from "./compile-segment.ts";

const sampleSize = 5;

/**
 * How many contacts a broadcast to this segment would reach now (those with a phone who have not
 * opted out), how many match but have opted out, and a few of those it would reach. Throws
 * `invalid_input` as `compileSegment` does.
 */
export async function previewAudience(
  ctx: TenantContext,
  input: { segmentCriteria: unknown },
): Promise<AudiencePreview> {
  const segment = compileSegment(input.segmentCriteria);
  return withTenant(ctx.db, ctx.organizationId, async (trx) => {
    const matching = trx
      .selectFrom("contacts as c")
      .where("c.organization_id", "=", ctx.organizationId)
      .where(segment);
    const counts = await matching
      .select([
        sql<number>`count(*) filter (where c.opted_out_at is null and c.phone is not null)::integer`.as(
          "count",
        ),
        sql<number>`count(*) filter (where c.opted_out_at is not null)::integer`.as("optedOut"),
      ])
      .executeTakeFirstOrThrow();
    const sample = await matching
      .select(contactColumns)
      .where("c.opted_out_at", "is", null)
      .where("c.phone", "is not", null)
      .orderBy("c.id")
      .limit(sampleSize)
      .execute();
    return { ...counts, sample: sample.map(toContact) };
  });
}

import type { ContactJob, CreateContactJobInput } from "@loudhailer/contracts/contacts.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { recordAudit } from "../audit/record-audit.ts";
import { DomainError } from "../domain-error.ts";
import { checkSegment } from "../segments/check-segment.ts";
import type { TenantContext } from "../tenant-context.ts";
import { fetchContactJob } from "./get-contact-job.ts";

/**
 * Creates a job that applies an action to all matching contacts that exist now. It runs in the
 * background (run-contact-jobs.ts).
 * @throws DomainError `invalid_input` if the segment isn't valid
 * @throws DomainError `conflict` while too many jobs of the organization are working
 */
export function createContactJob(
  ctx: TenantContext,
  { segmentCriteria, action }: CreateContactJobInput,
): Promise<ContactJob> {
  const { organizationId } = ctx;
  return withTenant(ctx.db, organizationId, async (trx) => {
    await checkSegment(trx, organizationId, segmentCriteria);
    const working = await trx
      .selectFrom("contact_jobs")
      .where("organization_id", "=", organizationId)
      .where("status", "=", "working")
      .select((eb) => eb.fn.countAll<string>().as("count"))
      .executeTakeFirstOrThrow();
    if (Number(working.count) >= workingJobsMax) {
      throw new DomainError("conflict", "Too much is being done at once; wait until it is done.", {
        status: "working",
      });
    }
    const { id } = await trx
      .insertInto("contact_jobs")
      .values({
        organization_id: organizationId,
        action: JSON.stringify(action),
        segment_criteria: JSON.stringify(segmentCriteria),
        last_contact_id: sql`(
          select coalesce(max(id), 0) from contacts where organization_id = ${organizationId}::uuid
        )`,
        created_by: ctx.actor.userId,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    await recordAudit(trx, ctx, {
      action: "contact_job.started",
      targetId: id,
      details: { does: Object.keys(action) },
    });
    return fetchContactJob(trx, organizationId, id);
  });
}

const workingJobsMax = 20;

import type { ContactAction } from "@loudhailer/contracts/contacts.ts";
import type { ContactJobsTable, Database } from "@loudhailer/db/database.ts";
import { asTenant, type TenantDb } from "@loudhailer/db/tenant.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import { sql, type Kysely, type Selectable } from "kysely";
import { deleteContacts } from "../contacts/delete-contacts.ts";
import { rememberLabels } from "../contacts/remember-labels.ts";
import { DomainError } from "../domain-error.ts";
import { isolateFaults } from "../isolate-faults.ts";
import { compileSegment } from "../segments/compile-segment.ts";

const sliceSize = 500;

type Job = Selectable<ContactJobsTable>;

/** Failure reason of a job that an unexpected error stopped. */
const stoppedUnexpectedly =
  "An unexpected error stopped this before the last contact; what was done until then stays. Start it again. If it stops again, the log of the service has the details.";

/**
 * Runs contact jobs to their end, one slice of each job in turn. Each slice and its cursor are
 * stored in one transaction, so a crash leaves no slice half done. A job that can't continue fails with
 * the reason, and the others continue. `db` must have the role loudhailer_engine.
 * @throws Error of the first job that must be tried again, once the others are done
 */
export async function runContactJobs(
  { db, log }: { db: Kysely<Database>; log: Log },
  signal?: AbortSignal,
): Promise<void> {
  const faults = isolateFaults("contact job");
  const faulty = new Set<string>();
  let more = true;
  while (more) {
    more = false;
    for (const { id } of await findWorking(db)) {
      if (signal?.aborted) return;
      if (faulty.has(id)) continue;
      const work = () => runSlice(db, id);
      const worked = await faults.run(id, work, (error) => failJob({ db, log }, id, error));
      if (worked === undefined) faulty.add(id);
      if (worked) more = true;
    }
  }
  faults.throwFirst();
}

function findWorking(db: Kysely<Database>): Promise<{ id: string }[]> {
  return db
    .selectFrom("contact_jobs")
    .select("id")
    .where("status", "=", "working")
    .orderBy("created_at")
    .execute();
}

/** Runs one slice of a job and returns whether it did anything. */
function runSlice(db: Kysely<Database>, jobId: string): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const job = await trx
      .selectFrom("contact_jobs")
      .selectAll()
      .where("id", "=", jobId)
      .where("status", "=", "working")
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (!job) return false;
    await workOn(asTenant(trx), job);
    return true;
  });
}

async function failJob(
  { db, log }: { db: Kysely<Database>; log: Log },
  jobId: string,
  error: unknown,
): Promise<boolean> {
  // The stored segment may no longer be valid, for example after an upgrade.
  const reason = error instanceof DomainError ? error.message : stoppedUnexpectedly;
  await db
    .updateTable("contact_jobs")
    .set({ status: "failed", failure_reason: reason, completed_at: sql`now()` })
    .where("id", "=", jobId)
    .where("status", "=", "working")
    .execute();
  log.error({ err: error, contactJobId: jobId }, "contact job failed");
  return true;
}

async function workOn(trx: TenantDb, job: Job): Promise<void> {
  const slice = await trx
    .selectFrom("contacts as c")
    .select("c.id")
    .where("c.organization_id", "=", job.organization_id)
    .where("c.id", ">", job.cursor)
    .where("c.id", "<=", job.last_contact_id)
    .where(compileSegment(job.segment_criteria))
    .orderBy("c.id")
    .limit(sliceSize)
    .execute();
  const ids = slice.map(({ id }) => id);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by createContactJob
  const action = job.action as ContactAction;
  if (ids.length > 0) await apply(trx, job.organization_id, action, ids);
  const isDone = ids.length < sliceSize;
  await trx
    .updateTable("contact_jobs")
    .set((eb) => ({
      processed_contacts: eb("processed_contacts", "+", ids.length),
      ...(ids.length > 0 && { cursor: ids.at(-1) ?? job.cursor }),
      ...(isDone && { status: "completed" as const, completed_at: sql<Date>`now()` }),
    }))
    .where("id", "=", job.id)
    .execute();
}

async function apply(
  trx: TenantDb,
  organizationId: string,
  { addTags = [], removeTags = [], optOut, delete: deletes }: ContactAction,
  ids: readonly string[],
): Promise<void> {
  if (deletes) {
    await deleteContacts(trx, organizationId, ids);
    return;
  }
  await sql`
    update contacts c
    set tags = array(
        select tag from unnest(c.tags || array(
          select added from unnest(${addTags}::text[]) added where added <> all(c.tags)
        )) with ordinality as t(tag, place)
        where tag <> all(${removeTags}::text[]) order by place
      ),
      opted_out_at = case when ${optOut === true} then coalesce(c.opted_out_at, now())
        else c.opted_out_at end,
      opt_out_source = case when ${optOut === true} and c.opted_out_at is null then 'api'
        else c.opt_out_source end,
      updated_at = now()
    from (
      select id from contacts
      where organization_id = ${organizationId} and id = any(${ids}::bigint[])
      order by id for no key update
    ) locked
    where c.id = locked.id
  `.execute(trx);
  await rememberLabels(trx, organizationId, { tags: addTags });
}

import type {
  FailureReason,
  NumberReason,
  PauseReason,
} from "@loudhailer/contracts/broadcast-reasons.ts";
import { classifyDatabaseFailure } from "@loudhailer/db/database-failure.ts";
import type { Database, TemplateSnapshot } from "@loudhailer/db/database.ts";
import { TemplateVariablesError } from "@loudhailer/whatsapp/template-variables.ts";
import { sql, type Kysely, type Transaction } from "kysely";
import { DomainError } from "../domain-error.ts";
import { readsTheSame } from "../pauses/reads-the-same.ts";
import type { EngineDeps } from "./engine-deps.ts";
import { freezeSlice, type AudienceSource, type FrozenSlice } from "./freeze-slice.ts";

/** Contacts in the first slice: few, so that the first message doesn't wait for the audience. */
const firstSlice = 2_000;
const nextSlices = 50_000;

/**
 * Audience size from which the recipients table is analyzed, then again at each doubling. This many
 * new rows change the table's statistics, and autovacuum may come a minute too late. Plans kept
 * from when the table was small took 290 to 450 ms for a settle of 100 on 300,000 new rows, and
 * 3 to 5 ms once it was analyzed (measured).
 */
const analyzedFrom = 1_000;

/**
 * Pause reason of a broadcast that was sending while the rest of its audience can't be prepared.
 */
const audienceIncomplete = sql.lit<PauseReason>("audience_incomplete");
const templateEdited = sql.lit<PauseReason>("template_edited");
const numberRefused = sql.lit<NumberReason>("number_refused");
const noRecipients = sql.lit<FailureReason>("no_recipients");
const allSkipped = sql.lit<FailureReason>("all_recipients_skipped");
const couldNotBePrepared = sql.lit<FailureReason>("could_not_be_prepared");

/** Thrown if the broadcast was canceled while a slice was being written; rolls the slice back. */
class CanceledMeanwhileError extends Error {}

/**
 * Freezes the next slice of one broadcast's audience with each recipient's variables, in one
 * transaction with the counters and `prepare_cursor`. After a crash the next process continues
 * exactly there. The first slice with recipients to send to moves the broadcast to `sending`; the
 * rest is frozen while the broadcast is sending or paused. If a broadcast's own content can't be
 * prepared, it becomes `failed`, or `paused` if a part of it may have been sent, and other
 * broadcasts don't wait for it. Newly launched broadcasts come first. Returns the broadcast's id,
 * or null if none is waiting.
 */
export async function prepareNextSlice(deps: EngineDeps): Promise<string | null> {
  for (const { id } of await findUnprepared(deps.engineDb)) {
    if (await prepareSlice(deps, id)) return id;
  }
  return null;
}

function findUnprepared(db: Kysely<Database>): Promise<{ id: string }[]> {
  return db
    .selectFrom("whatsapp_broadcasts")
    .where(isUnprepared)
    .select("id")
    .orderBy(sql`prepare_cursor is not null`)
    .orderBy("launched_at")
    .orderBy("id")
    .execute();
}

const isUnprepared = sql<boolean>`(
  status in ('preparing', 'sending', 'paused')
    and (status = 'preparing' or prepare_cursor is not null)
    and pause_reason is distinct from ${audienceIncomplete}
  or status = 'canceled' and completed_at is null and prepare_cursor is not null)`;

/**
 * Prepares the broadcast's next slice. Returns false if another process is preparing it or nothing
 * is left to do.
 */
async function prepareSlice({ engineDb, log }: EngineDeps, broadcastId: string): Promise<boolean> {
  try {
    const done = await engineDb.transaction().execute((trx) => freezeNext(trx, broadcastId));
    if (!done) return false;
    const { total, before, status } = done;
    if (done.isLast) log.info({ broadcastId, total, status }, "audience frozen");
    if (doublings(total) > doublings(before))
      await sql`select analyze_recipients()`.execute(engineDb);
  } catch (error) {
    if (error instanceof CanceledMeanwhileError) {
      await forgetCursor(engineDb, broadcastId);
    } else if (isContentError(error)) {
      log.error({ err: error, broadcastId }, "broadcast can't be prepared");
      await giveUp(engineDb, broadcastId);
    } else throw error;
  }
  return true;
}

/** Returns how often the audience has doubled since `analyzedFrom`, or -1 below that. */
function doublings(recipients: number): number {
  return recipients < analyzedFrom ? -1 : Math.floor(Math.log2(recipients / analyzedFrom));
}

interface SliceDone {
  /** Recipients after this slice and before it. */
  total: number;
  before: number;
  isLast: boolean;
  status: string;
}

async function freezeNext(
  trx: Transaction<Database>,
  broadcastId: string,
): Promise<SliceDone | null> {
  // Doesn't lock the broadcast's row: settles update it and must not wait for a slice.
  const { rows } = await sql<{ locked: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended('prepare ' || ${broadcastId}, 0)) as locked
  `.execute(trx);
  if (!rows[0]?.locked) return null;
  const broadcast = await trx
    .selectFrom("whatsapp_broadcasts")
    .where("id", "=", broadcastId)
    .where(isUnprepared)
    .select(["id", "organization_id", "segment_criteria", "variables", "template_snapshot"])
    .select(["prepare_cursor", "status", "template_id"])
    .executeTakeFirst();
  if (!broadcast) return null;
  if (broadcast.status === "canceled") throw new CanceledMeanwhileError();
  const isEdited = broadcast.status === "preparing" && (await isTemplateEdited(trx, broadcast));
  const sizeMax = broadcast.prepare_cursor === null ? firstSlice : nextSlices;
  const slice = await freezeSlice(trx, broadcast, sizeMax);
  const isLast = slice.seen < sizeMax;
  const { total, status } = await count(trx, broadcast, slice, { isLast, isEdited });
  return { total, before: total - slice.total, isLast, status };
}

/**
 * Returns whether the template reads differently than at the launch. Holds its row until the end of
 * the transaction, so that an edit that comes now finds the broadcast sending and pauses it.
 */
async function isTemplateEdited(
  trx: Transaction<Database>,
  {
    template_id: templateId,
    template_snapshot: snapshot,
  }: { template_id: string; template_snapshot: TemplateSnapshot | null },
): Promise<boolean> {
  const template = await trx
    .selectFrom("whatsapp_templates")
    .where("id", "=", templateId)
    .select("components")
    .forShare()
    .executeTakeFirst();
  return (
    template !== undefined &&
    snapshot !== null &&
    !readsTheSame(snapshot.components, template.components)
  );
}

async function count(
  trx: Transaction<Database>,
  broadcast: AudienceSource,
  slice: FrozenSlice,
  { isLast, isEdited }: { isLast: boolean; isEdited: boolean },
): Promise<{ total: number; status: string }> {
  const total = sql<number>`(total_recipients + ${slice.total}::integer)`;
  const skipped = sql<number>`(skipped_count + ${slice.skipped}::integer)`;
  const starts = sql<boolean>`(status = 'preparing' and ${total} > ${skipped})`;
  const isNumberOut = sql<boolean>`not exists (select from whatsapp_providers p
    where p.id = provider_id and p.status = 'connected')`;
  const waits = sql<boolean>`(${starts} and (${isNumberOut} or ${isEdited}::boolean))`;
  const fails = sql<boolean>`(status = 'preparing' and ${total} = ${skipped} and ${isLast}::boolean)`;
  const counted = await trx
    .updateTable("whatsapp_broadcasts")
    .set({
      total_recipients: total,
      skipped_count: skipped,
      prepare_cursor: isLast ? null : slice.lastContactId,
      // The number may have been taken out of service since the launch, or the template edited.
      status: sql`case when ${waits} then 'paused' when ${starts} then 'sending'
        when ${fails} then 'failed' else status end`,
      pause_reason: sql`case when ${waits} and ${isNumberOut} then (select
          coalesce(p.status_reason, ${numberRefused})
        from whatsapp_providers p where p.id = provider_id)
        when ${waits} then ${templateEdited} else pause_reason end`,
      paused_at: sql`case when ${waits} then now() else paused_at end`,
      started_at: sql`case when ${starts} then now() else started_at end`,
      failed_at: sql`case when ${fails} then now() else failed_at end`,
      failure_reason: sql`case when not ${fails} then failure_reason
        when ${total} = 0 then ${noRecipients} else ${allSkipped} end`,
      updated_at: sql`now()`,
    })
    .where("id", "=", broadcast.id)
    .where("status", "in", ["preparing", "sending", "paused"])
    .returning(["total_recipients as total", "status"])
    .executeTakeFirst();
  if (!counted) throw new CanceledMeanwhileError();
  return counted;
}

/**
 * Returns whether the template, the segment, or the data caused the error, so that another attempt
 * would fail too.
 */
function isContentError(error: unknown): boolean {
  if (error instanceof DomainError || error instanceof TemplateVariablesError) return true;
  const { kind } = classifyDatabaseFailure(error);
  return kind === "data" || kind === "conflict";
}

/**
 * Fails a broadcast that hasn't started sending. Otherwise pauses it: the recipients frozen so far
 * stay, and a resume tries the rest again from where it stopped.
 */
async function giveUp(db: Kysely<Database>, broadcastId: string): Promise<void> {
  const isUnsent = sql<boolean>`(status = 'preparing')`;
  await db
    .updateTable("whatsapp_broadcasts")
    .set({
      status: sql`case when ${isUnsent} then 'failed' else 'paused' end`,
      failed_at: sql`case when ${isUnsent} then now() end`,
      failure_reason: sql`case when ${isUnsent} then ${couldNotBePrepared} end`,
      prepare_cursor: sql`case when not ${isUnsent} then prepare_cursor end`,
      pause_reason: sql`case when not ${isUnsent} then ${audienceIncomplete} end`,
      paused_at: sql`case when not ${isUnsent} then coalesce(paused_at, now()) end`,
      updated_at: sql`now()`,
    })
    .where("id", "=", broadcastId)
    .where("status", "in", ["preparing", "sending", "paused"])
    .execute();
}

async function forgetCursor(db: Kysely<Database>, broadcastId: string): Promise<void> {
  await db
    .updateTable("whatsapp_broadcasts")
    .set({ prepare_cursor: null })
    .where("id", "=", broadcastId)
    .where("status", "=", "canceled")
    .execute();
}

import type {
  FailureReason,
  NumberReason,
  PauseReason,
} from "@loudhailer/contracts/broadcast-reasons.ts";
import type { Database, TemplateSnapshot } from "@loudhailer/db/database.ts";
import { sql, type Kysely, type Transaction } from "kysely";
import { isolateFaults } from "../isolate-faults.ts";
import { readsTheSame } from "../pauses/reads-the-same.ts";
import type { EngineDeps } from "./engine-deps.ts";
import { freezeSlice, type AudienceSource, type FrozenSlice } from "./freeze-slice.ts";
import { givenUpReasons, giveUpPreparing } from "./give-up-preparing.ts";

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

const templateEdited = sql.lit<PauseReason>("template_edited");
const numberRefused = sql.lit<NumberReason>("number_refused");
const noRecipients = sql.lit<FailureReason>("no_recipients");
const allSkipped = sql.lit<FailureReason>("all_recipients_skipped");

/** Thrown if the broadcast was canceled while a slice was being written; rolls the slice back. */
class CanceledMeanwhileError extends Error {}

/**
 * Freezes the next slice of one broadcast's audience with each recipient's variables, in one
 * transaction with the counters and `prepare_cursor`. After a crash the next process continues
 * exactly there. The first slice with recipients to send to moves the broadcast to `sending`; the
 * rest is frozen while the broadcast is sending or paused. If a broadcast can't be prepared, it
 * becomes `failed`, or `paused` if a part of it may have been sent, and other broadcasts don't wait
 * for it. Newly launched broadcasts come first. Returns the broadcast's id, or null if none is
 * waiting.
 * @throws Error of a broadcast that must be tried again, if no other one could be prepared
 */
export async function prepareNextSlice(deps: EngineDeps): Promise<string | null> {
  const faults = isolateFaults("broadcast");
  for (const { id } of await findUnprepared(deps.engineDb)) {
    const work = () => prepareSlice(deps, id);
    const done = await faults.run(id, work, async (error) => {
      await giveUpPreparing(deps, id, error);
      return noGrowth;
    });
    if (!done) continue;
    if (doublings(done.total) > doublings(done.before))
      await sql`select analyze_recipients()`.execute(deps.engineDb);
    return id;
  }
  faults.throwFirst();
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
    and coalesce(pause_reason not in (${sql.join(givenUpReasons.map((reason) => sql.lit(reason)))}), true)
  or status = 'canceled' and completed_at is null and prepare_cursor is not null)`;

/** Number of recipients after a slice and before it. */
interface Growth {
  total: number;
  before: number;
}

const noGrowth: Growth = { total: 0, before: 0 };

/**
 * Prepares the broadcast's next slice. Returns null if another process is preparing it or nothing
 * is left to do.
 */
async function prepareSlice(
  { engineDb, log }: EngineDeps,
  broadcastId: string,
): Promise<Growth | null> {
  try {
    const done = await engineDb.transaction().execute((trx) => freezeNext(trx, broadcastId));
    if (!done) return null;
    const { total, status } = done;
    if (done.isLast) log.info({ broadcastId, total, status }, "audience frozen");
    return done;
  } catch (error) {
    if (!(error instanceof CanceledMeanwhileError)) throw error;
    await forgetCursor(engineDb, broadcastId);
    return noGrowth;
  }
}

/** Returns how often the audience has doubled since `analyzedFrom`, or -1 below that. */
function doublings(recipients: number): number {
  return recipients < analyzedFrom ? -1 : Math.floor(Math.log2(recipients / analyzedFrom));
}

interface SliceDone extends Growth {
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

async function forgetCursor(db: Kysely<Database>, broadcastId: string): Promise<void> {
  await db
    .updateTable("whatsapp_broadcasts")
    .set({ prepare_cursor: null })
    .where("id", "=", broadcastId)
    .where("status", "=", "canceled")
    .execute();
}

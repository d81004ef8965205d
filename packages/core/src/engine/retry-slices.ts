import type { PauseReason } from "@loudhailer/contracts/broadcast-reasons.ts";
import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Kysely, type Transaction } from "kysely";
import { noRetry, retryRecipients, type OpenRetry } from "../broadcasts/retry-recipients.ts";
import { isolateFaults } from "../isolate-faults.ts";
import type { EngineDeps } from "./engine-deps.ts";

/**
 * Recipients that a slice looks at and at most moves. Settlements and statuses of these wait for it:
 * 75 ms at the median. 20,000 took 300 ms and 1,000 took 17 ms, at nearly the same speed in all (a
 * million in 18 s, measured with 1.5 million recipients).
 */
const sliceSize = 5_000;

const unexpectedError: PauseReason = "unexpected_error";

/** Thrown if the broadcast was canceled while a slice was being moved; rolls the slice back. */
class RetryEndedError extends Error {}

/**
 * Moves the next slice of each open retry, in one transaction with the counters and `retry_cursor`.
 * After a crash the next process continues exactly there. A pause holds nothing up: the recipients
 * are pending until the resume. If a slice fails unexpectedly, its broadcast is paused, and a
 * resume tries again. Returns whether a slice was moved.
 * @throws Error of a retry that must be tried again, if no slice was moved
 */
export async function retryNextSlices(deps: EngineDeps, size = sliceSize): Promise<boolean> {
  const faults = isolateFaults("retry of broadcast");
  let hasMoved = false;
  for (const id of await findOpen(deps.engineDb)) {
    const work = () => moveSlice(deps, id, size);
    const moved = await faults.run(id, work, (error) => stopRetry(deps, id, error));
    hasMoved ||= moved === true;
  }
  if (!hasMoved) faults.throwFirst();
  return hasMoved;
}

async function findOpen(db: Kysely<Database>): Promise<string[]> {
  const open = await db
    .selectFrom("whatsapp_broadcasts")
    .where("retry_kind", "is not", null)
    .where(isGoingOn)
    .select("id")
    .orderBy("retry_before")
    .orderBy("id")
    .execute();
  return open.map(({ id }) => id);
}

const isGoingOn = sql<boolean>`pause_reason is distinct from ${unexpectedError}`;

/** Returns false if another process is moving one, or nothing is left to do. */
async function moveSlice(
  { engineDb, log }: EngineDeps,
  broadcastId: string,
  size: number,
): Promise<boolean> {
  try {
    const isLast = await engineDb.transaction().execute((trx) => moveNext(trx, broadcastId, size));
    if (isLast) log.info({ broadcastId }, "retry has reached every recipient");
    return isLast !== null;
  } catch (error) {
    if (error instanceof RetryEndedError) return false;
    throw error;
  }
}

/** Returns whether this was the retry's last slice, or null if there was none to move. */
async function moveNext(
  trx: Transaction<Database>,
  broadcastId: string,
  size: number,
): Promise<boolean | null> {
  // The broadcast's row is locked after the recipients, as everywhere.
  const { rows } = await sql<{ locked: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended('retry ' || ${broadcastId}, 0)) as locked
  `.execute(trx);
  if (!rows[0]?.locked) return null;
  const retry = await readRetry(trx, broadcastId);
  if (!retry) return null;
  const { seen, last } = await retryRecipients(trx, retry, size);
  const isLast = seen < size;
  const { numUpdatedRows } = await trx
    .updateTable("whatsapp_broadcasts")
    .set({ ...(isLast ? noRetry : { retry_cursor: last }), updated_at: sql`now()` })
    .where("id", "=", broadcastId)
    .where("retry_kind", "=", retry.kind)
    .where("retry_cursor", "=", retry.cursor)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new RetryEndedError();
  return isLast;
}

async function readRetry(
  trx: Transaction<Database>,
  broadcastId: string,
): Promise<OpenRetry | null> {
  const row = await trx
    .selectFrom("whatsapp_broadcasts")
    .where("id", "=", broadcastId)
    .where(isGoingOn)
    .select(["retry_kind", "retry_cursor", sql<string | null>`retry_before::text`.as("before")])
    .executeTakeFirst();
  if (!row) return null;
  const { retry_kind: kind, retry_cursor: cursor, before } = row;
  if (kind === null || cursor === null || before === null) return null;
  return { broadcastId, kind, cursor, before };
}

/**
 * Pauses a broadcast whose recipients can't be made pending, so that a person sees why.
 * @throws `error` if its retry has ended by now
 */
async function stopRetry(
  { engineDb, log }: EngineDeps,
  broadcastId: string,
  error: unknown,
): Promise<boolean> {
  const { numUpdatedRows } = await engineDb
    .updateTable("whatsapp_broadcasts")
    .set({
      status: "paused",
      pause_reason: unexpectedError,
      paused_at: sql`coalesce(paused_at, now())`,
      updated_at: sql`now()`,
    })
    .where("id", "=", broadcastId)
    .where("retry_kind", "is not", null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw error;
  log.error({ err: error, broadcastId }, "recipients can't be retried");
  return false;
}

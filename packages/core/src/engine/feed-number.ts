import { setTimeout as wait } from "node:timers/promises";
import type { Database } from "@loudhailer/db/database.ts";
import type { SendingNumber } from "@loudhailer/pacing/find-sending-numbers.ts";
import { sql, type Kysely } from "kysely";
import { peopleInLimit } from "../providers/messaging-limit.ts";
import { aimOfQueue } from "./aim-of-queue.ts";
import type { EngineDeps } from "./engine-deps.ts";
import { createFeedMemory, noticeLoss, type FeedMemory } from "./feed-memory.ts";
import { moveCursors } from "./move-cursors.ts";
import { forgetUntil, reservePeople, type Reservation } from "./reserve-people.ts";
import { rewindIfDue } from "./rewind-cursor.ts";
import { takeBackQueue } from "./take-back-queue.ts";
import { inTurn, takeShares, type Share } from "./take-shares.ts";
import { wakeDue } from "./wake-due.ts";

/** Most jobs, in seconds of the rate, that a new broadcast may find queued ahead of it. */
const aheadSecondsMax = 1;
const takeBackEveryMs = 1_000;
/**
 * Size of one addBulk, followed by a pause. Workers start on the first chunk while the rest is on
 * its way, and a large top-up doesn't block their access to Redis.
 */
const chunkSize = 500;
const chunkPauseMs = 30;

export interface Feeding {
  /** Jobs in the number's queue afterwards. */
  queued: number;
  /** Queue length at or below which the number needs feeding again. */
  enough: number;
  fed: number;
  /** Whether recipients wait because the messaging limit is used up. */
  isUsedUp: boolean;
}

/**
 * Tops up the number's queue from each of its broadcasts in turn and moves their cursors. Only one
 * process feeds a number at a time. A crash between queue and cursor feeds the same recipients
 * again, and the claim lets each one through once.
 *
 * A broadcast that joins others finds at most a second of the rate ahead of it: the queued jobs are
 * removed and fed again in turn with the new broadcast. Putting its recipients at the head of the
 * queue would give it the whole number at first, and then nothing until 30 s of the others are
 * sent.
 */
export async function feedNumber(
  deps: EngineDeps,
  number: SendingNumber,
  memory: FeedMemory = createFeedMemory(),
): Promise<Feeding> {
  const queued = await deps.queues.count(number.phoneNumberId);
  noticeLoss(memory, number, queued);
  const nothing = nothingFed(number, memory, queued);
  if (queued > nothing.enough && !number.hasNewcomer) return nothing;
  return deps.engineDb.connection().execute(async (db) => {
    const key = `feed ${number.providerId}`;
    if (!(await tryLock(db, key))) return nothing;
    try {
      return await feedLocked(deps, db, number, memory, queued);
    } finally {
      await sql`select pg_advisory_unlock(hashtextextended(${key}, 0))`.execute(db);
    }
  });
}

function nothingFed(number: SendingNumber, { isShared }: FeedMemory, queued: number): Feeding {
  return { queued, enough: aimOfQueue(number, isShared) / 2, fed: 0, isUsedUp: false };
}

/**
 * Takes an advisory lock and returns whether it was free. Locking the number's row instead would
 * make claims, which lock it, wait for the queue. The lock belongs to the connection rather than to
 * a transaction, so that others see the writes in between at once.
 */
async function tryLock(db: Kysely<Database>, key: string): Promise<boolean> {
  const { rows } = await sql<{ locked: boolean }>`
    select pg_try_advisory_lock(hashtextextended(${key}, 0)) as locked
  `.execute(db);
  return rows[0]?.locked ?? false;
}

async function feedLocked(
  deps: EngineDeps,
  db: Kysely<Database>,
  number: SendingNumber,
  memory: FeedMemory,
  queuedBefore: number,
): Promise<Feeding> {
  let queued = queuedBefore;
  let shares = await take(db, number, memory, queued);
  if (isOvertaking(number, shares, queued)) {
    if (performance.now() - memory.takenBackAt < takeBackEveryMs)
      return nothingFed(number, memory, queued);
    memory.takenBackAt = performance.now();
    queued = await takeBackQueue(deps, db, number, queued);
    shares = await take(db, number, memory, queued);
  }
  memory.isShared = shares.filter(hasRecipients).length > 1;
  const chosen = inTurn(shares).slice(0, roomOf(number, memory, queued));
  const { granted, counted, isUsedUp } = await grant(db, number, chosen);
  const fed = chosen.filter((id) => granted.has(id));
  const due = shares.flatMap((share) => share.due).filter((id) => granted.has(id));
  await wakeDue(db, due);
  await add(deps, number, fed);
  await moveCursors(db, shares, granted);
  await rewind(db, memory, shares, { chosen: new Set(chosen), granted, queued });
  const enough = aimOfQueue(number, memory.isShared) / 2;
  memory.queued = queued + fed.length;
  // At the limit the cursor stays before the first refused recipient. Granted ones after it are fed
  // at each pass and may be queued already, so only newly counted people are reported as fed.
  return { queued: memory.queued, enough, fed: isUsedUp ? counted : fed.length, isUsedUp };
}

function roomOf(number: SendingNumber, memory: FeedMemory, queued: number): number {
  return Math.max(0, aimOfQueue(number, memory.isShared) - queued);
}

/**
 * Reads the next recipients of each broadcast: at least one even if the queue is full, so that a
 * new broadcast is noticed.
 */
function take(db: Kysely<Database>, number: SendingNumber, memory: FeedMemory, queued: number) {
  return takeShares(db, number.providerId, Math.max(1, roomOf(number, memory, queued)));
}

function hasRecipients({ due, fresh }: Share): boolean {
  return due.length + fresh.length > 0;
}

/** Returns whether a new broadcast has recipients but too many jobs of others ahead of it. */
function isOvertaking(
  { messagesPerSecond }: SendingNumber,
  shares: readonly Share[],
  queued: number,
): boolean {
  return (
    shares.length > 1 &&
    shares.some((share) => share.feedCursor === "0" && hasRecipients(share)) &&
    queued > messagesPerSecond * aheadSecondsMax
  );
}

/**
 * Returns the recipients that the messaging limit lets through: without a limit all of them, and
 * without a further statement unless a stored `messaging_limit_until` must be cleared.
 */
async function grant(
  db: Kysely<Database>,
  number: SendingNumber,
  chosen: readonly string[],
): Promise<Reservation> {
  const all = { granted: new Set(chosen), counted: 0, isUsedUp: false };
  if (peopleInLimit(number.messagingLimit) === null) {
    await forgetUntil(db, number);
    return all;
  }
  if (chosen.length === 0) return all;
  return reservePeople(db, number, chosen);
}

async function add(
  { queues }: EngineDeps,
  { phoneNumberId }: SendingNumber,
  recipientIds: readonly string[],
): Promise<void> {
  for (let at = 0; at < recipientIds.length; at += chunkSize) {
    if (at > 0) await wait(chunkPauseMs);
    await queues.add(phoneNumberId, recipientIds.slice(at, at + chunkSize));
  }
}

async function rewind(
  db: Kysely<Database>,
  { rewinds }: FeedMemory,
  shares: readonly Share[],
  pass: { chosen: ReadonlySet<string>; granted: ReadonlySet<string>; queued: number },
): Promise<void> {
  const sending = new Set(shares.map(({ broadcastId }) => broadcastId));
  for (const broadcastId of rewinds.keys()) {
    if (!sending.has(broadcastId)) rewinds.delete(broadcastId);
  }
  for (const { broadcastId, due, fresh } of shares) {
    const all = [...due, ...fresh];
    if (all.some((id) => pass.granted.has(id))) rewinds.delete(broadcastId);
    else if (all.every((id) => pass.chosen.has(id))) {
      await rewindIfDue(db, rewinds, broadcastId, pass.queued);
    }
  }
}

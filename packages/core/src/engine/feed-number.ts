import { setTimeout as wait } from "node:timers/promises";
import type { Database } from "@loudhailer/db/database.ts";
import type { SendingNumber } from "@loudhailer/pacing/find-sending-numbers.ts";
import {
  addPauseMs,
  addSizeMax,
  aheadSecondsMax,
  compareEveryMs,
  takeBackEveryMs,
} from "@loudhailer/pacing/tuning.ts";
import type { Kysely } from "kysely";
import { peopleInLimit } from "../providers/messaging-limit.ts";
import { aimOfQueue } from "./aim-of-queue.ts";
import type { EngineDeps } from "./engine-deps.ts";
import { createFeedMemory, type FeedMemory } from "./feed-memory.ts";
import { moveCursors } from "./move-cursors.ts";
import { forgetUntil, reservePeople, type Reservation } from "./reserve-people.ts";
import { inTurn, takeShares, type Share } from "./take-shares.ts";
import { takeTurn } from "./take-turn.ts";

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
 * Tops up the number's queue from each of its broadcasts in turn, or from a single one, and moves
 * their cursors. One
 * process at a time feeds a number. No lock is held meanwhile, and nothing depends on the queue: it
 * is compared with the recipients behind the cursors, and the missing ones are fed again, whether
 * their jobs were lost or found their broadcast paused. The claim lets each recipient through once.
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
  onlyBroadcastId: string | null = null,
): Promise<Feeding> {
  const queued = await deps.queues.count(number.phoneNumberId);
  const nothing = nothingFed(number, memory, queued);
  const isCompareDue = performance.now() - memory.comparedAt >= compareEveryMs;
  if (queued > nothing.enough && !number.hasNewcomer && !isCompareDue) return nothing;
  const feeding = await takeTurn(deps.engineDb, number.providerId, memory.feederId);
  if (feeding === null) return nothing;
  const isComparing = isCompareDue || memory.hasMore || queued === 0;
  return feedInTurn(deps, number, memory, { queued, feeding, isComparing, onlyBroadcastId });
}

interface Turn {
  queued: number;
  /** Number of this feeding, for the ids of its jobs. */
  feeding: string;
  isComparing: boolean;
  onlyBroadcastId: string | null;
}

function nothingFed(number: SendingNumber, { isShared }: FeedMemory, queued: number): Feeding {
  return { queued, enough: aimOfQueue(number, isShared) / 2, fed: 0, isUsedUp: false };
}

async function feedInTurn(
  deps: EngineDeps,
  number: SendingNumber,
  memory: FeedMemory,
  { feeding, ...turn }: Turn,
): Promise<Feeding> {
  const { engineDb, queues } = deps;
  let { queued } = turn;
  let shares = await take(deps, number, memory, turn);
  if (isOvertaking(number, shares, queued)) {
    if (performance.now() - memory.takenBackAt < takeBackEveryMs)
      return nothingFed(number, memory, queued);
    memory.takenBackAt = performance.now();
    await queues.takeBack(number.phoneNumberId);
    queued = await queues.count(number.phoneNumberId);
    shares = await take(deps, number, memory, { ...turn, queued, isComparing: true });
  }
  memory.isShared = shares.filter(hasRecipients).length > 1;
  const chosen = inTurn(shares).slice(0, roomOf(number, memory, queued));
  const { granted, counted, isUsedUp } = await grant(engineDb, number, chosen);
  const fed = chosen.filter((id) => granted.has(id));
  memory.hasMore = shares.some(({ again }) => again.some((id) => !granted.has(id)));
  // Before the jobs: the comparison finds what is lost in between.
  await moveCursors(engineDb, shares, granted);
  await add(deps, number, fed, feeding);
  const enough = aimOfQueue(number, memory.isShared) / 2;
  // At the limit the cursor stays before the first refused recipient. Granted ones after it are fed
  // at each pass and may be queued already, so only newly counted people are reported as fed.
  return { queued: queued + fed.length, enough, fed: isUsedUp ? counted : fed.length, isUsedUp };
}

function roomOf(number: SendingNumber, memory: FeedMemory, queued: number): number {
  return Math.max(0, aimOfQueue(number, memory.isShared) - queued);
}

/**
 * Reads the next recipients of each broadcast: at least one even if the queue is full, so that a
 * new broadcast is noticed. The queue is read before the database, so that a recipient that is
 * pending in both is never taken for a lost one.
 */
async function take(
  { engineDb, queues }: EngineDeps,
  number: SendingNumber,
  memory: FeedMemory,
  { queued, isComparing, onlyBroadcastId }: Omit<Turn, "feeding">,
): Promise<Share[]> {
  const ids = isComparing ? await queues.queuedIds(number.phoneNumberId) : null;
  const room = Math.max(1, roomOf(number, memory, queued));
  const shares = await takeShares(engineDb, number.providerId, room, ids, onlyBroadcastId);
  if (isComparing) memory.comparedAt = performance.now();
  return shares;
}

function hasRecipients({ again, fresh }: Share): boolean {
  return again.length + fresh.length > 0;
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
  feeding: string,
): Promise<void> {
  for (let at = 0; at < recipientIds.length; at += addSizeMax) {
    if (at > 0) await wait(addPauseMs);
    await queues.add(phoneNumberId, recipientIds.slice(at, at + addSizeMax), feeding);
  }
}

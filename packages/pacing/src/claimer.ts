import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Log } from "@loudhailer/runtime/log.ts";
import {
  createMicroBatcher,
  MicroBatcherError,
  RunLater,
} from "@loudhailer/runtime/micro-batcher.ts";
import type pg from "pg";
import { claimBackoffMsMin, createClaimBackoff } from "./claim-backoff.ts";
import {
  claimRecipients,
  joiningMs,
  type Attempt,
  type ClaimedRecipient,
  type Claims,
} from "./claim-recipients.ts";
import type { Departure, Pacer } from "./pacer.ts";
import { releaseClaim } from "./release-claim.ts";
import { slackMs, type Slot } from "./slots.ts";
import { statementBatches } from "./statement-batches.ts";
import { takeSlots } from "./take-slots.ts";

/** A message's slot, with its time on this process's clock. */
export interface TimedSlot extends Departure {
  slot: Slot;
}

export interface TimedClaim extends TimedSlot {
  recipient: ClaimedRecipient;
  /**
   * Moment before the claim was requested, on performance.now's clock, so that the claim can't be
   * older than it seems.
   */
  askedAt: number;
}

/**
 * - `gone`: another dispatcher's, paused, not due or done;
 * - `closed`: not claimed, because this process stops.
 */
export type ClaimAnswer = TimedClaim | "gone" | "closed";

export interface Claimer {
  claim(recipientId: string): Promise<ClaimAnswer>;
  /** Takes a new slot for a claimed recipient that has missed its own. */
  nextSlot(missed: TimedSlot): Promise<TimedSlot>;
  /** Returns how many dispatchers may claim, including this one, as of the last claim. */
  claimants(): number;
  /** Stops new claims. */
  close(): void;
}

// Twice the slots that become free until the next claim: to claim all waiting recipients would cost
// the database a read of each.
const askedAheadMs = 2 * claimBackoffMsMin;
const batchSizeMin = 20;
/** Part of the slots' slack that is reserved for the transit to Meta. */
const transitMs = 5;
/** Share of the rate that may be exceeded, in whole messages. */
const excessShare = 0.02;

/**
 * Returns how late a message may leave among several dispatchers. Their messages follow the slots,
 * so a late one adds to theirs within one second. A lone dispatcher may be as late as it likes,
 * since its `createPacer` counts every message that has left.
 */
function lateMsMaxAmongOthers(messagesPerSecond: number): number {
  const excessMs = (Math.floor(messagesPerSecond * excessShare) * 1_000) / messagesPerSecond;
  return slackMs(messagesPerSecond) - transitMs + excessMs;
}

/** Claims recipients of one number in batches, as many at a time as the number may send soon. */
export function openClaimer(
  pool: pg.Pool,
  {
    phoneNumberId,
    dispatcherId,
    pacer,
    log,
  }: { phoneNumberId: string; dispatcherId: string; pacer: Pacer; log: Log },
): Claimer {
  const clock = createClock();
  const claimBackoff = createClaimBackoff();
  let claimants = 1;
  let othersSeenAt = performance.now();
  let batchSize: number = statementBatches.batchSizeMax;
  const claims = createMicroBatcher<string, ClaimAnswer>({
    ...statementBatches,
    batchSizeMax: () => batchSize,
    run: async (ids) => {
      const askedAt = performance.now();
      // Meta may still count what a dispatcher sent before it left.
      const isLone = askedAt - othersSeenAt > joiningMs;
      const { claimed, isFull, dispatchers, nowMs, ...seen } = await claimOrRelease(pool, log, {
        attempts: ids.map((recipientId) => ({ recipientId, attemptId: randomUUID() })),
        phoneNumberId,
        dispatcherId,
        isLone,
      });
      const offsetMs = clock.offsetMs(nowMs);
      claimants = seen.claimants;
      const laterMs = claimBackoff({ claimed, dispatchers, ...seen });
      if (dispatchers > 1) othersSeenAt = askedAt;
      const [first] = claimed;
      const lateMsMax =
        isLone && dispatchers === 1
          ? Number.POSITIVE_INFINITY
          : lateMsMaxAmongOthers(first?.messagesPerSecond ?? 1);
      if (first) {
        pacer.setRate(first.messagesPerSecond);
        const freeSoon = Math.ceil((first.messagesPerSecond * askedAheadMs) / 1_000);
        batchSize = Math.min(statementBatches.batchSizeMax, Math.max(batchSizeMin, freeSoon));
      }
      const byId = new Map(claimed.map((recipient) => [recipient.id, recipient]));
      return ids.map((id) => {
        const recipient = byId.get(id);
        // A recipient may be in two jobs of one batch if it was fed again; only one of them sends.
        if (!byId.delete(id) || !recipient) return isFull ? new RunLater(laterMs) : "gone";
        const slotAt = recipient.slotAtMs + offsetMs;
        return { recipient, askedAt, slot: recipient, slotAt, lateMsMax };
      });
    },
  });
  const slots = createMicroBatcher<Slot, { slot: Slot; slotAt: number }>({
    ...statementBatches,
    run: async (missed) => {
      const taken = await takeSlots(pool, phoneNumberId, missed);
      const offsetMs = clock.offsetMs(taken.nowMs);
      return taken.slots.map((slot) => ({ slot, slotAt: slot.slotAtMs + offsetMs }));
    },
  });
  return {
    claim: (recipientId) => claims.add(recipientId).catch(answerIfClosed),
    nextSlot: async ({ slot, lateMsMax }) => ({ ...(await slots.add(slot)), lateMsMax }),
    claimants: () => claimants,
    close: () => claims.close(),
  };
}

function answerIfClosed(error: unknown): "closed" {
  if (error instanceof MicroBatcherError && error.code === "closed") return "closed";
  throw error;
}

const releaseRetryMs = 500;

/**
 * Claims recipients, and releases the claim if it fails. It may have been committed all the same,
 * and its recipients would never be sent. So it is released before they are claimed again, however
 * long the database is away.
 */
async function claimOrRelease(
  pool: pg.Pool,
  log: Log,
  claim: Parameters<typeof claimRecipients>[1],
): Promise<Claims> {
  try {
    return await claimRecipients(pool, claim);
  } catch (error) {
    log.error({ err: error, recipients: claim.attempts.length }, "claim failed, taking it back");
    while (!(await isReleased(pool, claim))) await wait(releaseRetryMs);
    throw error;
  }
}

async function isReleased(
  pool: pg.Pool,
  { attempts }: { attempts: readonly Attempt[] },
): Promise<boolean> {
  try {
    await releaseClaim(pool, attempts);
    return true;
  } catch {
    return false;
  }
}

/**
 * Tracks the difference between performance.now and the database's clock. An answer is read late,
 * never early, so the smallest difference is the most accurate. It fades, in case a clock is set
 * again.
 */
function createClock(): { offsetMs(databaseNowMs: number): number } {
  let offset = Number.POSITIVE_INFINITY;
  return {
    offsetMs(databaseNowMs) {
      const seen = performance.now() - databaseNowMs;
      offset = seen < offset ? seen : offset + (seen - offset) / 100;
      return offset;
    },
  };
}

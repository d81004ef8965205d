import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Log } from "@loudhailer/runtime/log.ts";
import type pg from "pg";
import {
  claimRecipients,
  releaseClaim,
  type Claim,
  type ClaimedRecipient,
} from "./claim-recipients.ts";
import type { DatabaseHistory } from "./database-history.ts";
import { fenceClaims } from "./number-leases.ts";
import type { Departure, Pacer } from "./pacer.ts";
import type { RecentClaims } from "./recent-claims.ts";
import { batchSizeMax, claimAgainMs, renewMs, statementApartMs } from "./tuning.ts";

/** A claimed recipient, and the permission to send to it once its turn has come. */
export interface PacedClaim {
  recipient: ClaimedRecipient;
  /** Null if the message must not leave from here soon: the recipient must be put back. */
  departure: Promise<Departure | null>;
  /** Moment before the claim was requested, on performance.now's clock. */
  askedAt: number;
}

/**
 * - `gone`: another attempt's, paused, not due, opted out, or done;
 * - `failed`: not claimed, because the database is away;
 * - `closed`: not claimed, because the number has another owner or this process stops.
 */
export type ClaimAnswer = PacedClaim | "gone" | "failed" | "closed";

export interface Claimer {
  claim(recipientId: string): Promise<ClaimAnswer>;
  /** Stops new claims. Those that wait are `closed`, and those under way get their answers. */
  close(): void;
}

export interface ClaimerDeps {
  pool: pg.Pool;
  dispatcherId: string;
  history: DatabaseHistory;
  recentClaims: RecentClaims;
  log: Log;
}

const releaseRetryMs = 500;

/**
 * Claims recipients of one number in batches, in the order of the calls: as many at a time as the
 * number may send soon. `epoch` is that of this process's lease.
 */
export function openClaimer(
  deps: ClaimerDeps,
  number: { phoneNumberId: string; epoch: string; pacer: Pacer },
): Claimer {
  const { pool, dispatcherId, history, recentClaims, log } = deps;
  const { phoneNumberId, pacer } = number;
  let { epoch } = number;
  const waiting = new Map<string, (answer: ClaimAnswer) => void>();
  let notBefore = 0;
  /** Recipients whose claim is under way. */
  let claiming: readonly string[] = [];
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  function pump(): void {
    clearTimeout(timer);
    if (claiming.length > 0 || isClosed || waiting.size === 0) return;
    const now = performance.now();
    // What gives the pacer room later doesn't call here, hence a look each second.
    const restMs = Math.min(Math.max(notBefore, pacer.roomAt()) - now, 1_000);
    const room = restMs < 1 ? pacer.room() : 0;
    if (room === 0) {
      timer = setTimeout(pump, Math.max(1, restMs));
      return;
    }
    notBefore = now + statementApartMs;
    claiming = [...waiting.keys()].slice(0, Math.min(room, batchSizeMax));
    void claimBatch(claiming).finally(() => {
      claiming = [];
      if (isClosed) closeWaiting();
      else pump();
    });
  }

  async function claimBatch(ids: readonly string[]): Promise<void> {
    const seen = history.last();
    const attempts = ids.map((recipientId) => ({ recipientId, attemptId: randomUUID() }));
    const claim = { attempts, phoneNumberId, dispatcherId, epoch, seen };
    const askedAt = performance.now();
    for (const { attemptId } of attempts) recentClaims.asked.add(attemptId);
    try {
      const { claimed, busy, isOwner, ...answer } = await claimRecipients(pool, claim);
      if (!history.see(answer.history, seen) || !isOwner) {
        // A renewal, each second, or what it starts changes that.
        notBefore = performance.now() + renewMs / 2;
        return;
      }
      recentClaims.add(claimed);
      for (const recipient of claimed) {
        resolve(recipient.id, { recipient, departure: pacer.wait(), askedAt });
      }
      for (const id of ids) if (!busy.has(id)) resolve(id, "gone");
      for (const id of busy) moveToEnd(id);
      if (busy.size > 0) notBefore = performance.now() + claimAgainMs;
    } catch (error) {
      log.error(
        { err: error, phoneNumberId, recipients: ids.length },
        "claim failed, taking it back",
      );
      await takeBack(claim);
      for (const id of ids) resolve(id, "failed");
    } finally {
      for (const { attemptId } of attempts) recentClaims.asked.delete(attemptId);
    }
  }

  /** Keeps recipients whose broadcast is locked from holding up the others. */
  function moveToEnd(recipientId: string): void {
    const answer = waiting.get(recipientId);
    if (answer === undefined) return;
    waiting.delete(recipientId);
    waiting.set(recipientId, answer);
  }

  /** What is claimed meanwhile must be put back, so its caller gets the claim. */
  function closeWaiting(): void {
    for (const id of waiting.keys()) if (!claiming.includes(id)) resolve(id, "closed");
  }

  function resolve(recipientId: string, answer: ClaimAnswer): void {
    waiting.get(recipientId)?.(answer);
    waiting.delete(recipientId);
  }

  /**
   * Releases a claim without an answer, which may have been committed, or may be later. However long
   * the database is away, nothing is claimed before.
   */
  async function takeBack(claim: Claim): Promise<void> {
    for (;;) {
      try {
        const next = await fenceClaims(pool, { phoneNumberId, epoch }, dispatcherId);
        await releaseClaim(pool, claim.attempts);
        epoch = next ?? epoch;
        return;
      } catch {
        await wait(releaseRetryMs);
      }
    }
  }

  return {
    claim(recipientId) {
      if (isClosed) return Promise.resolve("closed");
      // A recipient may be in two jobs if it was fed again; only one of them sends.
      if (waiting.has(recipientId)) return Promise.resolve("gone");
      const { promise, resolve: answer } = Promise.withResolvers<ClaimAnswer>();
      waiting.set(recipientId, answer);
      if (waiting.size === 1) queueMicrotask(pump);
      return promise;
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      closeWaiting();
    },
  };
}

import { createDb } from "@loudhailer/db/create-db.ts";
import type { DatabaseHistory, HistoryPoint } from "@loudhailer/pacing/database-history.ts";
import { findSendingNumbers, type SendingNumber } from "@loudhailer/pacing/find-sending-numbers.ts";
import {
  giveUpNumber,
  renewLeases,
  takeNumbers,
  type Lease,
} from "@loudhailer/pacing/number-leases.ts";
import { shareNumbers } from "@loudhailer/pacing/share-numbers.ts";
import {
  idleNumberMsMax,
  inHandMin,
  inHandSeconds,
  leaseMarginMs,
  leaseMs,
  lookForNumbersMs,
  renewMs,
  windowMs,
} from "@loudhailer/pacing/tuning.ts";
import type { JobWorker } from "@loudhailer/queue/queue-backend.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import { startLoop } from "@loudhailer/runtime/start-loop.ts";
import type pg from "pg";
import type { OwnNumber } from "./send-recipient.ts";

export interface OwnNumbersDeps {
  dispatcherId: string;
  /** Connections of their own: a lease must not wait behind the claims of a hundred busy numbers. */
  leasePool: pg.Pool;
  history: DatabaseHistory;
  /** Writes again what a failover has lost. Nothing is claimed until it has. */
  restore(): Promise<void>;
  /** Largest number of messages of one number under way at once. */
  concurrencyMax: number;
  openNumber(number: SendingNumber, lease: Lease, ownedUntil: number): OwnNumber;
  openWorker(number: OwnNumber, phoneNumberId: string, concurrency: number): JobWorker;
  log: Log;
}

interface Owned extends OwnNumber {
  lease: Lease;
  worker: JobWorker;
  neededAt: number;
}

export interface OwnNumbers {
  /** Returns since when Meta doesn't answer, by phone number id. */
  away(): Record<string, Date>;
  count(): number;
  /** Returns how many numbers of all dispatchers have something to send and no owner. */
  ownerless(): number;
  /** @throws Error if the leases have ended, because the database couldn't renew them */
  checkRenewal(): void;
  /** Gives up all numbers, and resolves when their messages under way are settled. */
  close(): Promise<void>;
}

/**
 * Owns this dispatcher's share of the numbers that have something to send, and keeps one worker open
 * for each. Resolves once the dispatcher is registered.
 */
export async function startOwnNumbers(deps: OwnNumbersDeps): Promise<OwnNumbers> {
  const { dispatcherId, leasePool, history, log } = deps;
  const leaseDb = createDb(leasePool);
  const owned = new Map<string, Owned>();
  const closing = new Set<Promise<void>>();
  let restoring: Promise<void> | null = null;
  let takeFrom = 0;
  let renewedAt = 0;
  let ownerless = 0;
  let isLeaving = false;

  function away(): Record<string, Date> {
    const numbers = [...owned].map(
      ([phoneNumberId, { circuitBreaker }]) => [phoneNumberId, circuitBreaker.awaySince()] as const,
    );
    return Object.fromEntries(numbers.flatMap(([id, since]) => (since ? [[id, since]] : [])));
  }

  async function renew(): Promise<void> {
    const askedAt = performance.now();
    const seen = history.last();
    const asked = [...owned];
    const dispatcher = { id: dispatcherId, numbersAway: away(), isLeaving };
    const renewed = await renewLeases(leasePool, dispatcher);
    renewedAt = askedAt;
    const leases = new Map(renewed.leases.map((lease) => [lease.phoneNumberId, lease]));
    for (const [phoneNumberId, own] of asked) {
      const lease = leases.get(phoneNumberId);
      // Given up meanwhile, or even taken again.
      if (owned.get(phoneNumberId) !== own) continue;
      if (!lease) void close(phoneNumberId, "another dispatcher owns the number");
      else useLease(own.pacer, lease, askedAt);
    }
    if (history.see(renewed.history, seen)) return;
    // A number that was taken in the lost moment has no lease, and its owner writes again too.
    takeFrom = performance.now() + leaseMs;
    restoring ??= restoreFrom(renewed.history);
  }

  /**
   * Takes as long as it takes, while the leases are renewed. The point was read before anything is
   * written again, so that another loss is noticed.
   */
  async function restoreFrom(point: HistoryPoint): Promise<void> {
    try {
      log.warn(point, "the database came back without its last changes, writing them again");
      await deps.restore();
      history.accept(point);
    } catch (error) {
      log.error({ err: error }, "the last changes could not be written again, trying again");
    } finally {
      restoring = null;
    }
  }

  async function look(): Promise<void> {
    const { numbers, dispatcherIds } = await findSendingNumbers(leaseDb);
    const shares = shareNumbers(numbers, dispatcherIds);
    const isOurs = ({ phoneNumberId }: SendingNumber) => shares.get(phoneNumberId) === dispatcherId;
    const now = performance.now();
    for (const number of numbers) {
      const own = owned.get(number.phoneNumberId);
      if (!own) continue;
      own.neededAt = now;
      adapt(own, number);
      if (!isOurs(number) && shares.has(number.phoneNumberId))
        await giveUp(own, "it is owed to another");
    }
    for (const own of owned.values()) {
      if (now - own.neededAt > idleNumberMsMax) await giveUp(own, "it has nothing to send");
    }
    for (const number of numbers) await giveUpUnknown(number);
    ownerless = numbers.filter(({ isOwned }) => !isOwned).length;
    const free = numbers.filter((n) => !n.isOwned && isOurs(n) && !owned.has(n.phoneNumberId));
    if (free.length > 0 && now >= takeFrom) await take(free);
  }

  /**
   * Gives up a lease of this dispatcher that it doesn't know: the answer to its taking was lost, or
   * it could not be given up.
   */
  async function giveUpUnknown({ phoneNumberId, ownerId, isOwned }: SendingNumber): Promise<void> {
    if (!isOwned || ownerId !== dispatcherId || owned.has(phoneNumberId)) return;
    await giveUpNumber(leasePool, { phoneNumberId, epoch: "0" }, dispatcherId, windowMs);
  }

  async function take(free: readonly SendingNumber[]): Promise<void> {
    const askedAt = performance.now();
    const byId = new Map(free.map((number) => [number.phoneNumberId, number]));
    for (const lease of await takeNumbers(leasePool, dispatcherId, [...byId.keys()])) {
      const number = byId.get(lease.phoneNumberId);
      if (!number) continue;
      const own = deps.openNumber(number, lease, endOf(askedAt));
      useLease(own.pacer, lease, askedAt);
      const worker = deps.openWorker(own, lease.phoneNumberId, concurrencyOf(number));
      owned.set(lease.phoneNumberId, { ...own, lease, worker, neededAt: performance.now() });
      log.info({ phoneNumberId: lease.phoneNumberId, epoch: lease.epoch }, "number taken");
    }
  }

  function adapt({ pacer, throttle, worker }: Owned, number: SendingNumber): void {
    throttle.setLimit(number.limit);
    worker.concurrency = concurrencyOf(number);
    if (number.heldMs > 0) pacer.holdUntil(performance.now() + number.heldMs);
  }

  function concurrencyOf({ limit }: SendingNumber): number {
    return Math.min(deps.concurrencyMax, Math.max(inHandMin, Math.ceil(inHandSeconds * limit)));
  }

  /** Stops sending from the number, then lets the next dispatcher begin. */
  async function giveUp(own: Owned, why: string): Promise<void> {
    const { lease, pacer } = own;
    void close(lease.phoneNumberId, why);
    await giveUpNumber(leasePool, lease, dispatcherId, pacer.restMs());
  }

  /** Stops sending from the number, and resolves when its messages under way are settled. */
  function close(phoneNumberId: string, why: string): Promise<void> {
    const own = owned.get(phoneNumberId);
    if (!own) return Promise.resolve();
    owned.delete(phoneNumberId);
    own.pacer.close();
    own.claimer.close();
    own.throttle.close();
    own.circuitBreaker.stop();
    log.info({ phoneNumberId }, `number given up: ${why}`);
    const done = own.worker.close().finally(() => closing.delete(done));
    closing.add(done);
    return done;
  }

  await renew();
  const renewing = startLoop("leases", renewMs, renew, log);
  const looking = startLoop("numbers", lookForNumbersMs, look, log);
  return {
    away,
    count: () => owned.size,
    ownerless: () => ownerless,
    checkRenewal() {
      if (performance.now() > endOf(renewedAt)) throw new Error("the leases are not renewed");
    },
    async close() {
      isLeaving = true;
      await looking.close();
      const own = [...owned.values()];
      await Promise.allSettled([renew(), ...own.map((each) => giveUp(each, "this process stops"))]);
      await Promise.all([...closing, restoring]);
      await renewing.close();
      await leaseDb.deleteFrom("dispatchers").where("id", "=", dispatcherId).execute();
    },
  };
}

/** An owner stops by its own clock before its lease can have ended. */
function endOf(askedAt: number): number {
  return askedAt + leaseMs - leaseMarginMs;
}

function useLease(
  { ownUntil, lendUntil }: OwnNumber["pacer"],
  lease: Lease,
  askedAt: number,
): void {
  ownUntil(endOf(askedAt));
  if (lease.borrowedMs > 0) lendUntil(performance.now() + lease.borrowedMs);
}

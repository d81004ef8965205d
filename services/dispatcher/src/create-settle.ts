import { setTimeout as wait } from "node:timers/promises";
import { settleFree, settleRecipients, type Settlement } from "@loudhailer/db/settle-recipients.ts";
import { splitOnDataError } from "@loudhailer/db/split-on-data-error.ts";
import type { RecentClaims } from "@loudhailer/pacing/recent-claims.ts";
import { batchSizeMax, statementApartMs } from "@loudhailer/pacing/tuning.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import { createMicroBatcher } from "@loudhailer/runtime/micro-batcher.ts";
import type pg from "pg";

const retryMs = 500;

/** Batches that wait for locks of other transactions at the same time. */
const waitingBatchesMax = 4;

export type Settle = (settlement: Settlement) => Promise<void>;

/** Settles what it can and returns the rest. */
type SettleSome = (pool: pg.Pool, settlements: readonly Settlement[]) => Promise<Settlement[]>;

/**
 * Returns a function that writes outcomes in micro-batches and doesn't give up: the message has
 * left, so while the database is away its outcome is kept in memory and retried. Only an outcome
 * whose content the database refuses is dropped and logged, without the others of its batch. One
 * whose recipient is locked doesn't hold up the others either.
 */
export function createSettle(pool: pg.Pool, recentClaims: RecentClaims, log: Log): Settle {
  const openLane = (batchesMax: number, settleSome: SettleSome) =>
    createMicroBatcher<Settlement, boolean>({
      batchesMax,
      batchSizeMax,
      apartMs: statementApartMs,
      run: (settlements) => settleAll(settlements, (some) => settleSome(pool, some), log),
    });
  const free = openLane(1, settleFree);
  const waiting = openLane(waitingBatchesMax, async (...some) => {
    await settleRecipients(...some);
    return [];
  });
  return async (settlement) => {
    recentClaims.settle(settlement);
    if (!(await free.add(settlement))) await waiting.add(settlement);
    recentClaims.stored([settlement]);
  };
}

/** Returns for each settlement whether it is stored, or refused for good. */
async function settleAll(
  settlements: Settlement[],
  settleSome: (some: readonly Settlement[]) => Promise<Settlement[]>,
  log: Log,
): Promise<boolean[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      // A failure repeats all of them, since a repeat changes nothing.
      return await splitOnDataError<Settlement, boolean>(
        settlements,
        async (some) => {
          const rest = new Set(await settleSome(some));
          return some.map((settlement) => !rest.has(settlement));
        },
        ({ recipientId }, code) => {
          log.error({ recipientId, code }, "settlement refused by the database");
          return true;
        },
      );
    } catch (error) {
      const fields = { err: error, settlements: settlements.length, attempt };
      log.error(fields, "settle failed, trying again");
      await wait(retryMs);
    }
  }
}

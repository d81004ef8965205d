import { setTimeout as wait } from "node:timers/promises";
import { settleRecipients, type Settlement } from "@loudhailer/db/settle-recipients.ts";
import { splitOnDataError } from "@loudhailer/db/split-on-data-error.ts";
import type { RecentClaims } from "@loudhailer/pacing/recent-claims.ts";
import { batchSizeMax, statementApartMs } from "@loudhailer/pacing/tuning.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import { createMicroBatcher } from "@loudhailer/runtime/micro-batcher.ts";
import type pg from "pg";

const retryMs = 500;

export type Settle = (settlement: Settlement) => Promise<void>;

/**
 * Returns a function that writes outcomes in micro-batches and doesn't give up: the message has
 * left, so while the database is away its outcome is kept in memory and retried. Only an outcome
 * whose content the database refuses is dropped and logged, without the others of its batch.
 */
export function createSettle(pool: pg.Pool, recentClaims: RecentClaims, log: Log): Settle {
  const batcher = createMicroBatcher<Settlement, void>({
    batchesMax: 1,
    batchSizeMax,
    apartMs: statementApartMs,
    run: async (settlements) => {
      await settleAll(pool, settlements, log);
      recentClaims.stored(settlements);
      return settlements.map(() => undefined);
    },
  });
  return (settlement) => {
    recentClaims.settle(settlement);
    return batcher.add(settlement);
  };
}

async function settleAll(pool: pg.Pool, settlements: Settlement[], log: Log): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      // A failure repeats all of them, since a repeat changes nothing.
      await splitOnDataError(
        settlements,
        async (some) => {
          await settleRecipients(pool, some);
          return some;
        },
        (refused, code) => {
          const { recipientId } = refused;
          log.error({ recipientId, code }, "settlement refused by the database");
          return refused;
        },
      );
      return;
    } catch (error) {
      const fields = { err: error, settlements: settlements.length, attempt };
      log.error(fields, "settle failed, trying again");
      await wait(retryMs);
    }
  }
}

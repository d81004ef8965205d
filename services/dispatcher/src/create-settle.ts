import { setTimeout as wait } from "node:timers/promises";
import { settleRecipients, type Settlement } from "@loudhailer/db/settle-recipients.ts";
import type { Logger } from "@loudhailer/runtime/logger.ts";
import type pg from "pg";
import { openBatcher } from "./open-batcher.ts";

const retryMs = 500;

export type Settle = (settlement: Settlement) => Promise<void>;

/**
 * Writes outcomes in micro-batches, and does not give up: the message has left, so while the
 * database is away its outcome is kept in memory and tried again. Only what the database refuses
 * for its content is given up, alone and logged.
 */
export function createSettle(pool: pg.Pool, log: Logger): Settle {
  const batcher = openBatcher<Settlement, void>(async (settlements) => {
    await settleAll(pool, settlements, log);
    return settlements.map(() => ({ value: undefined }));
  }, retryMs);
  return (settlement) => batcher.load(settlement);
}

async function settleAll(pool: pg.Pool, settlements: Settlement[], log: Logger): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await settleRecipients(pool, settlements);
    } catch (error) {
      if (isRefusedForContent(error)) return settleApart(pool, settlements, error, log);
      const fields = { err: error, settlements: settlements.length, attempt };
      log.error(fields, "settle failed, trying again");
      await wait(retryMs);
    }
  }
}

/** Halves the batch until the one that the database refuses is alone. */
async function settleApart(
  pool: pg.Pool,
  settlements: Settlement[],
  error: unknown,
  log: Logger,
): Promise<void> {
  const [only, second] = settlements;
  if (only && !second) {
    log.error({ err: error, recipientId: only.recipientId }, "settlement refused by the database");
    return;
  }
  const middle = Math.ceil(settlements.length / 2);
  await settleAll(pool, settlements.slice(0, middle), log);
  await settleAll(pool, settlements.slice(middle), log);
}

/** SQLSTATE classes 22 (data), 23 (constraint) and 54 (limit): the same again gives the same. */
function isRefusedForContent(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    /^(22|23|54)[0-9A-Z]{3}$/.test(error.code)
  );
}

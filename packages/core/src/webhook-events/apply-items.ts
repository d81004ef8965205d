import { applyStatuses } from "@loudhailer/db/apply-statuses.ts";
import type { Database } from "@loudhailer/db/database.ts";
import { splitOnDataError } from "@loudhailer/db/split-on-data-error.ts";
import type { Kysely } from "kysely";
import type pg from "pg";
import type { InboundItem } from "../inbound-messages/inbound-item.ts";
import { receiveInbound } from "../inbound-messages/receive-inbound.ts";
import type { ApplyOutcome } from "../meta-updates/apply-outcome.ts";
import { applyUpdate } from "../meta-updates/apply-update.ts";
import type { ProviderUpdate } from "../meta-updates/provider-update.ts";
import { pauseForFailedStatuses } from "../pauses/pause-for-failed-statuses.ts";
import type { StatusItem } from "./read-status-item.ts";

/** Connections to one database, both on the role loudhailer_engine. */
export interface WebhookStores {
  pool: pg.Pool;
  db: Kysely<Database>;
}

/*
 * Each of these functions returns one outcome per item, in order, once all are committed. An item
 * that the database refuses gets its own outcome and doesn't affect the others. All of the
 * functions throw while the database is away.
 */

export function applyStatusItems(
  { pool, db }: WebhookStores,
  items: readonly StatusItem[],
): Promise<ApplyOutcome[]> {
  return splitOnDataError<StatusItem, ApplyOutcome>(
    items,
    async (part) => {
      const updates = part.map(({ update }) => update);
      const { unmatched } = await applyStatuses(pool, updates);
      await pauseForFailedStatuses(db, updates);
      const missing = new Set(unmatched);
      return updates.map((update) =>
        missing.has(update) ? { applied: false, reason: "unmatched_status" } : { applied: true },
      );
    },
    refused,
  );
}

export function applyInboundItems(
  { db }: WebhookStores,
  items: readonly InboundItem[],
): Promise<ApplyOutcome[]> {
  return splitOnDataError<InboundItem, ApplyOutcome>(
    items,
    (part) => receiveInbound(db, part),
    refused,
  );
}

/** Applies updates one after another: they are few, and their order may matter. */
export async function applyUpdateItems(
  { db }: WebhookStores,
  items: readonly ProviderUpdate[],
): Promise<ApplyOutcome[]> {
  const outcomes: ApplyOutcome[] = [];
  for (const item of items) {
    const run = async () => [await applyUpdate(db, item)];
    outcomes.push(...(await splitOnDataError<ProviderUpdate, ApplyOutcome>([item], run, refused)));
  }
  return outcomes;
}

function refused(_item: unknown, code: string): ApplyOutcome {
  return { applied: false, reason: "refused", refusedWith: code };
}

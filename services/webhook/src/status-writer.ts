import { pauseForFailedStatuses } from "@loudhailer/core/broadcasts/pause-for-failed-statuses.ts";
import type { WebhookEvent } from "@loudhailer/core/webhook-events/keep-webhook-events.ts";
import { applyStatuses } from "@loudhailer/db/apply-statuses.ts";
import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";
import type pg from "pg";
import { createMicroBatcher, type MicroBatcher } from "./micro-batcher.ts";
import type { StatusItem } from "./sort-changes.ts";
import { splitOnDataError } from "@loudhailer/db/split-on-data-error.ts";
import type { WebhookMetrics } from "./webhook-metrics.ts";

type StatusOutcome = { applied: true } | { applied: false; reason: string };

export interface StatusWriter {
  /**
   * Resolves once every status is committed, or kept as an event where it fits no recipient or
   * the database refuses it.
   */
  write: (statuses: readonly StatusItem[]) => Promise<void>;
}

/** Applies statuses in micro-batches over concurrent requests. */
export function createStatusWriter(
  { pool, db }: { pool: pg.Pool; db: Kysely<Database> },
  events: Pick<MicroBatcher<WebhookEvent, unknown>, "add">,
  metrics: WebhookMetrics,
): StatusWriter {
  const batcher = createMicroBatcher<StatusItem, StatusOutcome>({
    waitMs: 10,
    batchSizeMax: 500,
    batchesMax: 3,
    // About 3 s of work: Meta gives up on a request before more would be done.
    waitingMax: 20_000,
    runMsMax: 10_000,
    run: async (items) => {
      metrics.batchSize.observe(items.length);
      const outcomes = await splitOnDataError(items, apply, (_item, code) => ({
        applied: false as const,
        reason: `refused: ${code}`,
      }));
      observe(items, outcomes);
      return outcomes;
    },
  });
  metrics.trackWaiting(batcher.waiting);

  async function apply(items: readonly StatusItem[]): Promise<StatusOutcome[]> {
    const updates = items.map((item) => item.update);
    const { unmatched } = await applyStatuses(pool, updates);
    await pauseForFailedStatuses(db, updates);
    const missing = new Set(unmatched);
    return items.map(({ update }) =>
      missing.has(update) ? { applied: false, reason: "unmatched_status" } : { applied: true },
    );
  }

  function observe(items: readonly StatusItem[], outcomes: readonly StatusOutcome[]): void {
    const nowMs = Date.now();
    for (const [index, { metaTime, source }] of items.entries()) {
      if (!outcomes[index]?.applied) continue;
      metrics.countChange(source.field, "applied");
      if (metaTime) metrics.lagSeconds.observe(Math.max(0, nowMs - metaTime.getTime()) / 1000);
    }
  }

  return {
    write: async (statuses) => {
      const outcomes = await batcher.add(statuses);
      await events.add(
        statuses.flatMap(({ source }, index) => {
          const outcome = outcomes[index];
          return outcome && !outcome.applied ? { ...source, reason: outcome.reason } : [];
        }),
      );
    },
  };
}

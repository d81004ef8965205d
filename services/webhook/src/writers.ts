import type { InboundItem } from "@loudhailer/core/inbound-messages/inbound-item.ts";
import type { ProviderUpdate } from "@loudhailer/core/meta-updates/provider-update.ts";
import {
  applyInboundItems,
  applyStatusItems,
  applyUpdateItems,
  type WebhookStores,
} from "@loudhailer/core/webhook-events/apply-items.ts";
import type { StatusItem } from "@loudhailer/core/webhook-events/read-status-item.ts";
import type { SortedChanges } from "@loudhailer/core/webhook-events/sort-changes.ts";
import { MicroBatcherError } from "@loudhailer/runtime/micro-batcher.ts";
import { createEventWriter } from "./event-writer.ts";
import { createItemWriter } from "./item-writer.ts";
import { UnavailableError } from "./webhook-errors.ts";
import type { WebhookMetrics } from "./webhook-metrics.ts";

export interface Writers {
  /**
   * Resolves after the commit.
   * @throws UnavailableError if too much is waiting or the database is too slow; also any error of
   *   the database
   */
  write(changes: SortedChanges): Promise<void>;
}

/** Creates writers that apply each kind of change in micro-batches over concurrent requests. */
export function createWriters(stores: WebhookStores, metrics: WebhookMetrics): Writers {
  const events = createEventWriter(stores.db, metrics);
  const statuses = createItemWriter<StatusItem>({
    kind: "status",
    apply: (items) => applyStatusItems(stores, items),
    metaTimeOf: ({ metaTime }) => metaTime,
    // At most about 3 s of work waits: Meta gives up on a request before more would be done.
    batches: { waitMs: 10, batchSizeMax: 500, batchesMax: 3, waitingMax: 20_000 },
    events,
    metrics,
  });
  const inbound = createItemWriter<InboundItem>({
    kind: "inbound",
    apply: (items) => applyInboundItems(stores, items),
    metaTimeOf: ({ at }) => at,
    batches: { waitMs: 10, batchSizeMax: 200, batchesMax: 2, waitingMax: 5_000 },
    events,
    metrics,
  });
  const updates = createItemWriter<ProviderUpdate>({
    kind: "update",
    apply: (items) => applyUpdateItems(stores, items),
    metaTimeOf: ({ happenedAt }) => happenedAt,
    // One batch at a time, so that updates are applied in the order of their arrival.
    batches: { waitMs: 0, batchSizeMax: 20, batchesMax: 1, waitingMax: 2_000 },
    events,
    metrics,
  });
  metrics.trackWaiting(() => statuses.waiting() + inbound.waiting() + updates.waiting());
  return {
    write: async (changes) => {
      try {
        await Promise.all([
          statuses.write(changes.statuses),
          inbound.write(changes.inbound),
          updates.write(changes.updates),
          events.addAll(changes.events),
        ]);
      } catch (error) {
        throw error instanceof MicroBatcherError
          ? new UnavailableError(error.message, { cause: error })
          : error;
      }
    },
  };
}

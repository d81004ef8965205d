import type { ApplyOutcome } from "@loudhailer/core/meta-updates/apply-outcome.ts";
import { mayBeKept } from "@loudhailer/core/webhook-events/event-reason.ts";
import type { WebhookEvent } from "@loudhailer/core/webhook-events/keep-webhook-events.ts";
import type { Sourced } from "@loudhailer/core/webhook-events/sort-changes.ts";
import {
  createMicroBatcher,
  type MicroBatcher,
  type MicroBatcherOptions,
} from "@loudhailer/runtime/micro-batcher.ts";
import type { WebhookMetrics } from "./webhook-metrics.ts";

export interface ItemWriter<Item> {
  /**
   * Resolves once every item is committed, or kept as an event with the reason. An item of another
   * organization is only counted.
   */
  write(items: readonly Sourced<Item>[]): Promise<void>;
  waiting(): number;
}

export interface ItemWriterOptions<Item> {
  /** Label in the metrics. */
  kind: string;
  /** Returns one outcome for each item, in order, once all are committed. */
  apply(items: readonly Item[]): Promise<readonly ApplyOutcome[]>;
  /** Returns Meta's time of the item. Null if Meta gave none. */
  metaTimeOf(item: Item): Date | null;
  batches: Omit<MicroBatcherOptions<unknown, unknown>, "run" | "runMsMax">;
  events: Pick<MicroBatcher<WebhookEvent, unknown>, "addAll">;
  metrics: WebhookMetrics;
}

const runMsMax = 10_000;

/** Creates a writer that applies one kind of items in micro-batches over concurrent requests. */
export function createItemWriter<Item>(options: ItemWriterOptions<Item>): ItemWriter<Item> {
  const { kind, apply, metaTimeOf, batches, events, metrics } = options;
  const batcher = createMicroBatcher<Sourced<Item>, ApplyOutcome>({
    ...batches,
    runMsMax,
    run: async (items) => {
      metrics.batchSize.observe({ kind }, items.length);
      const outcomes = await apply(items.map(({ item }) => item));
      for (const [index, { item, source }] of items.entries()) {
        const outcome = outcomes[index];
        if (outcome?.applied === false && !mayBeKept(outcome)) {
          metrics.countChange(source.field, "of_another_organization");
        }
        if (!outcome?.applied) continue;
        metrics.countChange(source.field, "applied");
        metrics.observeLag(source.field, metaTimeOf(item));
      }
      return outcomes;
    },
  });
  return {
    waiting: batcher.waiting,
    write: async (items) => {
      const outcomes = await batcher.addAll(items);
      const unapplied = items.flatMap(({ source }, index) => {
        const outcome = outcomes[index];
        return outcome && !outcome.applied && mayBeKept(outcome) ? { ...source, ...outcome } : [];
      });
      if (unapplied.length > 0) await events.addAll(unapplied);
    },
  };
}

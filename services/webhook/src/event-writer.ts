import {
  toRefusedEvent,
  keepWebhookEvents,
  type WebhookEvent,
} from "@loudhailer/core/webhook-events/keep-webhook-events.ts";
import type { Database } from "@loudhailer/db/database.ts";
import { splitOnDataError } from "@loudhailer/db/split-on-data-error.ts";
import { createMicroBatcher, type MicroBatcher } from "@loudhailer/runtime/micro-batcher.ts";
import type { Kysely } from "kysely";
import type { ChangeOutcome, WebhookMetrics } from "./webhook-metrics.ts";

/** Creates a writer that batches events of concurrent requests. `addAll` resolves after the commit. */
export function createEventWriter(
  db: Kysely<Database>,
  metrics: WebhookMetrics,
): MicroBatcher<WebhookEvent, ChangeOutcome> {
  return createMicroBatcher({
    waitMs: 5,
    batchSizeMax: 500,
    batchesMax: 2,
    waitingMax: 20_000,
    runMsMax: 10_000,
    run: async (events) => {
      metrics.batchSize.observe({ kind: "event" }, events.length);
      const outcomes = await splitOnDataError<WebhookEvent, ChangeOutcome>(
        events,
        async (part) => {
          await keepWebhookEvents(db, part);
          return part.map(() => "kept" as const);
        },
        async (event, code) => {
          await keepWebhookEvents(db, [toRefusedEvent(event, code)]);
          return "refused_by_database" as const;
        },
      );
      for (const [index, outcome] of outcomes.entries()) {
        metrics.countChange(events[index]?.field ?? "", outcome);
      }
      return outcomes;
    },
  });
}

import { isHandledField } from "@loudhailer/core/webhook-events/owned-change.ts";
import type { Metrics } from "@loudhailer/runtime/metrics.ts";

/** Outcome of one status, message or other change. */
export type ChangeOutcome =
  | "applied"
  | "kept"
  | "of_another_organization"
  | "refused_by_database"
  | "bad_signature";

// All other fields share one label, since a client can send any text.
function labelOf(field: string): string {
  return isHandledField(field) ? field : "other";
}

export type WebhookMetrics = ReturnType<typeof createWebhookMetrics>;

export function createWebhookMetrics(metrics: Metrics) {
  const changes = metrics.counter({
    name: "webhook_changes_total",
    help: "Statuses, messages and other changes by field and what became of them",
    labels: ["field", "outcome"],
  });
  const lagSeconds = metrics.histogram({
    name: "webhook_lag_seconds",
    help: "From Meta's timestamp of a status, message or change to its commit here",
    labels: ["field"],
    buckets: [1, 2, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400],
  });
  return {
    requests: metrics.counter({
      name: "webhook_requests_total",
      help: "POSTs from Meta by the status they were answered with",
      labels: ["status"],
    }),
    requestSeconds: metrics.histogram({
      name: "webhook_request_seconds",
      help: "From a POST's first line to its answer",
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    }),
    batchSize: metrics.histogram({
      name: "webhook_batch_size",
      help: "Statuses, messages or events written together",
      labels: ["kind"],
      buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500],
    }),
    trackWaiting: (read: () => number) =>
      metrics.gauge({
        name: "webhook_waiting_items",
        help: "Statuses, messages and changes that wait to be written",
        read,
      }),
    countChange: (field: string, outcome: ChangeOutcome) =>
      changes.inc({ field: labelOf(field), outcome }),
    /** Records nothing if `metaTime` is null because Meta gave no time. */
    observeLag: (field: string, metaTime: Date | null) => {
      if (metaTime === null) return;
      lagSeconds.observe(
        { field: labelOf(field) },
        Math.max(0, Date.now() - metaTime.getTime()) / 1000,
      );
    },
  };
}

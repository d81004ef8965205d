import { forgetWebhookEvents } from "@loudhailer/core/webhook-events/forget-webhook-events.ts";
import type { RetryDeps } from "@loudhailer/core/webhook-events/retry-events.ts";
import { retryDueWebhookEvents } from "@loudhailer/core/webhook-events/retry-webhook-events.ts";
import type { Log } from "@loudhailer/runtime/log.ts";
import { startLoop } from "@loudhailer/runtime/start-loop.ts";
import { startSeenProviders, type SeenProviders } from "./seen-providers.ts";

/**
 * Starts the background work of every replica: retries kept events when they are due, deletes old
 * ones, and records which numbers received webhooks. Replicas share due events through row locks.
 */
export function startBackground(
  deps: RetryDeps,
  log: Log,
): { seen: SeenProviders; close(): Promise<void> } {
  const seen = startSeenProviders(deps.db, log);
  const loops = [
    startLoop("retry webhook events", 1_000, (signal) => retryAllDue(deps, signal), log),
    startLoop("forget webhook events", 3_600_000, () => forgetWebhookEvents(deps.db), log),
    seen,
  ];
  return {
    seen,
    async close() {
      await Promise.all(loops.map((loop) => loop.close()));
    },
  };
}

async function retryAllDue(deps: RetryDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await retryDueWebhookEvents(deps)) > 0);
}

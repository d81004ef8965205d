import type { SimulatorState } from "../state.ts";
import type { NumberTally } from "./ledger.ts";

interface NumberSummary extends Omit<NumberTally, "refused" | "rolling"> {
  /** Number of refusals by code; they don't count in `maxPerSecond`. */
  refused: Record<string, number>;
  /** Exact highest number of messages accepted in any rolling second. */
  maxPerSecond: number;
}

export interface LedgerSummary {
  accepted: number;
  recipients: number;
  duplicates: number;
  /** Number of refused messages by code (an HTML answer counts as `502`). */
  refused: Record<string, number>;
  /** Number of messages without an answer: lost before or after they were accepted. */
  cut: { before: number; after: number };
  hung: { before: number; after: number };
  maxPerSecond: number;
  numbers: Record<string, NumberSummary>;
  statuses: { sent: number; delivered: number; read: number; failed: number };
  /** Number of statuses and changes not acknowledged by a receiver yet, including future ones. */
  pendingWebhooks: number;
  webhookPosts: number;
  webhookRetries: number;
}

export function summarizeLedger(state: SimulatorState): LedgerSummary {
  const { ledger, registry, webhooks } = state;
  const numbers = registry.numbers.map((number) => {
    const { rolling, refused, ...tally } = ledger.tally(number.index);
    const summary = {
      ...tally,
      refused: Object.fromEntries(refused),
      maxPerSecond: rolling.max,
    };
    return [number.phoneNumberId, summary] as const;
  });
  return {
    accepted: ledger.size,
    recipients: ledger.recipientCount,
    duplicates: ledger.duplicates,
    refused: Object.fromEntries(ledger.refused),
    cut: { ...ledger.cut },
    hung: { ...ledger.hung },
    maxPerSecond: ledger.rolling.max,
    numbers: Object.fromEntries(numbers),
    statuses: { ...ledger.statuses },
    pendingWebhooks: webhooks.pending,
    webhookPosts: webhooks.posts,
    webhookRetries: webhooks.retries,
  };
}

import { isEveryRecipientCounted, type BroadcastCounts } from "./broadcast-counts.ts";
import type { Ledger } from "./read-ledger.ts";

/** The output of `demo --json`. */
export interface DemoResult {
  broadcastId: string;
  totalRecipients: number;
  successfulSends: number;
  failedSends: number;
  deliveredCount: number;
  readCount: number;
  skippedCount: number;
  unknownCount: number;
  durationMs: number;
  messagesPerSecond: number;
  duplicates: number;
}

/**
 * Returns the counts and the rate. The rate covers the time from the broadcast's start until its
 * last recipient was settled.
 */
export function demoResult(broadcast: BroadcastCounts, ledger: Ledger): DemoResult {
  const startedAt = Date.parse(broadcast.startedAt ?? "");
  const endedAt = Date.parse(broadcast.completedAt ?? broadcast.failedAt ?? "");
  const durationMs = endedAt - startedAt;
  const sent = broadcast.totalRecipients - broadcast.skippedCount - broadcast.canceledCount;
  return {
    broadcastId: broadcast.id,
    totalRecipients: broadcast.totalRecipients,
    successfulSends: broadcast.successfulSends,
    failedSends: broadcast.failedSends,
    deliveredCount: broadcast.deliveredCount,
    readCount: broadcast.readCount,
    skippedCount: broadcast.skippedCount,
    unknownCount: broadcast.unknownCount,
    durationMs,
    messagesPerSecond: Math.round((sent / durationMs) * 10_000) / 10,
    duplicates: ledger.duplicates,
  };
}

/**
 * Returns each disagreement between Loudhailer's counts and the simulator's ledger as one sentence.
 * `before` is the ledger before the launch.
 */
export function findDisagreements(
  broadcast: BroadcastCounts,
  before: Ledger,
  after: Ledger,
): string[] {
  const accepted = after.accepted - before.accepted;
  const failedLater = after.statuses.failed - before.statuses.failed;
  const delivered = after.statuses.delivered - before.statuses.delivered;
  const read = after.statuses.read - before.statuses.read;
  const knownAccepted = broadcast.successfulSends + failedLater;
  const checks: [boolean, string][] = [
    [!isEveryRecipientCounted(broadcast), "Not every recipient has exactly one outcome."],
    [after.duplicates > 0, `${after.duplicates} messages were sent twice.`],
    [
      accepted < knownAccepted || accepted > knownAccepted + broadcast.unknownCount,
      `Meta accepted ${accepted} messages, we count ${knownAccepted}.`,
    ],
    [
      delivered !== broadcast.deliveredCount,
      `Meta reported ${delivered} delivered, we count ${broadcast.deliveredCount}.`,
    ],
    [read !== broadcast.readCount, `Meta reported ${read} read, we count ${broadcast.readCount}.`],
  ];
  return checks.filter(([isWrong]) => isWrong).map(([, sentence]) => sentence);
}

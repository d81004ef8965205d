import type { BroadcastCounts } from "./broadcast-counts.ts";

const barWidth = 30;

/** Returns one line with a bar of the recipients that have an outcome, and the counts. */
export function describeProgress(broadcast: BroadcastCounts): string {
  const total = broadcast.totalRecipients;
  const done = total - broadcast.pendingCount;
  const filled = total === 0 ? 0 : Math.floor((barWidth * done) / total);
  const bar = "█".repeat(filled) + "░".repeat(barWidth - filled);
  const counts = [
    `${broadcast.successfulSends} sent`,
    `${broadcast.deliveredCount} delivered`,
    `${broadcast.readCount} read`,
    `${broadcast.failedSends} failed`,
    ...(broadcast.skippedCount > 0 ? [`${broadcast.skippedCount} skipped`] : []),
    ...(broadcast.unknownCount > 0 ? [`${broadcast.unknownCount} unknown`] : []),
  ];
  return `${bar} ${done}/${total}  ${counts.join(", ")}`;
}

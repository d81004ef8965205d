import type { Broadcast, Recipient } from "../../api/types.ts";

/** Returns the counts from all recipients to replies. Each step is part of the one before. */
export function funnelSteps(broadcast: Broadcast): { label: string; count: number }[] {
  const { totalRecipients, successfulSends, deliveredCount, readCount, repliedCount } = broadcast;
  return [
    { label: "In the audience", count: totalRecipients },
    { label: "Sent", count: successfulSends },
    { label: "Delivered", count: deliveredCount },
    { label: "Read", count: readCount },
    { label: "Replied", count: repliedCount },
  ];
}

/** Returns the outcomes outside of the funnel that have recipients. */
export function otherOutcomes(
  broadcast: Broadcast,
): { label: string; status: Recipient["status"]; count: number }[] {
  const { pendingCount, failedSends, skippedCount, unknownCount, canceledCount } = broadcast;
  const outcomes = [
    { label: "Waiting", status: "pending", count: pendingCount },
    { label: "Failed", status: "failed", count: failedSends },
    { label: "Not confirmed by Meta", status: "unknown", count: unknownCount },
    { label: "Left out", status: "skipped", count: skippedCount },
    { label: "Canceled", status: "canceled", count: canceledCount },
  ] as const;
  return outcomes.filter(({ count }) => count > 0);
}

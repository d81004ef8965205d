import type { Broadcast, Recipient } from "../../api/types.ts";

/** From everyone to those who replied; each step is part of the one before. */
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

/** Those who aren't on that way, where there are any. */
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

import { z } from "zod";

/** What the demo reads of a broadcast. */
export const broadcastSchema = z.object({
  id: z.string(),
  status: z.string(),
  pauseReason: z.string().nullable(),
  failureReason: z.string().nullable(),
  totalRecipients: z.number(),
  successfulSends: z.number(),
  failedSends: z.number(),
  deliveredCount: z.number(),
  readCount: z.number(),
  skippedCount: z.number(),
  unknownCount: z.number(),
  canceledCount: z.number(),
  pendingCount: z.number(),
  startedAt: z.string().nullable(),
  completedAt: z.string().nullable(),
  failedAt: z.string().nullable(),
});

export type BroadcastCounts = z.infer<typeof broadcastSchema>;

/** Whether every recipient has an outcome: none is waiting or under way. */
export function isEveryoneCounted(broadcast: BroadcastCounts): boolean {
  const { successfulSends, failedSends, skippedCount, unknownCount, canceledCount } = broadcast;
  const counted = successfulSends + failedSends + skippedCount + unknownCount + canceledCount;
  return counted === broadcast.totalRecipients && broadcast.pendingCount === 0;
}

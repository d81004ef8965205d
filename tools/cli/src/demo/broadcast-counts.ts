import { z } from "zod";

/** The fields of a broadcast that the demo reads. */
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

/** Returns true if every recipient has exactly one outcome and none is pending. */
export function isEveryRecipientCounted(broadcast: BroadcastCounts): boolean {
  const { successfulSends, failedSends, skippedCount, unknownCount, canceledCount } = broadcast;
  const counted = successfulSends + failedSends + skippedCount + unknownCount + canceledCount;
  return counted === broadcast.totalRecipients && broadcast.pendingCount === 0;
}

import { z } from "zod";
import { pageOf, pageQuery } from "./pagination.ts";
import { bigintId, nullableTimestamp, timestamp, uuid } from "./scalars.ts";
import { segmentCriteria } from "./segment-criteria.ts";
import { templateVariables } from "./template-variables.ts";

export const broadcastStatus = z.enum([
  "draft",
  "scheduled",
  "preparing",
  "sending",
  "paused",
  "completed",
  "cancelled",
  "failed",
]);

export const recipientStatus = z.enum([
  "pending",
  "sending",
  "sent",
  "delivered",
  "read",
  "failed",
  "unknown",
  "skipped",
  "cancelled",
]);

export const createBroadcastBody = z.strictObject({
  name: z.string().trim().min(1).max(200),
  providerId: uuid,
  templateId: uuid,
  segmentCriteria,
  variables: templateVariables.default({}),
  /** With it the broadcast is scheduled at once; without it, a draft. */
  scheduledAt: z.iso.datetime({ offset: true }).optional(),
});
export type CreateBroadcastInput = z.output<typeof createBroadcastBody>;

const count = z.int().nonnegative();

export const broadcastView = z.object({
  id: uuid,
  name: z.string(),
  providerId: uuid,
  templateId: uuid,
  segmentCriteria,
  variables: templateVariables,
  status: broadcastStatus,
  pauseReason: z.string().nullable(),
  failureReason: z.string().nullable(),
  totalRecipients: count,
  successfulSends: count.describe("accepted by Meta and not failed since"),
  failedSends: count,
  deliveredCount: count,
  readCount: count,
  repliedCount: count,
  skippedCount: count,
  unknownCount: count.describe("sent, but the answer never came; settled by Meta's webhook"),
  cancelledCount: count,
  pendingCount: count.describe("still to be sent, those being sent now included"),
  messagesPerSecond: z.number().nonnegative().describe("the rate its number sends at now"),
  scheduledAt: nullableTimestamp,
  launchedAt: nullableTimestamp,
  startedAt: nullableTimestamp,
  pausedAt: nullableTimestamp,
  completedAt: nullableTimestamp,
  cancelledAt: nullableTimestamp,
  failedAt: nullableTimestamp,
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type BroadcastView = z.output<typeof broadcastView>;

export const listBroadcastsQuery = pageQuery.extend({ status: broadcastStatus.optional() });
export type ListBroadcastsInput = z.output<typeof listBroadcastsQuery>;
export const broadcastPage = pageOf(broadcastView);

export const recipientView = z.object({
  id: bigintId,
  contactId: bigintId.nullable(),
  phone: z.string(),
  status: recipientStatus,
  wamid: z.string().nullable(),
  attempts: count,
  errorCode: z.string().nullable(),
  errorTitle: z.string().nullable(),
  errorDetails: z.string().nullable(),
  sentAt: nullableTimestamp,
  deliveredAt: nullableTimestamp,
  readAt: nullableTimestamp,
  failedAt: nullableTimestamp,
  repliedAt: nullableTimestamp,
});
export type RecipientView = z.output<typeof recipientView>;

export const listRecipientsQuery = pageQuery.extend({ status: recipientStatus.optional() });
export type ListRecipientsInput = z.output<typeof listRecipientsQuery> & { broadcastId: string };
export const recipientPage = pageOf(recipientView);

/** Recipients of one broadcast that ended alike, with the same error. */
export const failureView = z.object({
  status: recipientStatus.describe("failed, skipped or unknown"),
  errorCode: z.string().nullable().describe("Meta's code, or one of ours"),
  errorTitle: z.string().nullable(),
  advice: z.string().nullable().describe("what it means and what to do"),
  count,
});
export type FailureView = z.output<typeof failureView>;
export const failureList = z.object({ items: z.array(failureView) });

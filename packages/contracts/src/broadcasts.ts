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

/** A moment to come; the verbs refuse one that is past. */
const scheduledAt = z.iso.datetime({ offset: true });

export const marketingCap = z
  .enum(["fail", "retry-after-24h"])
  .describe("what happens to a recipient whom Meta spares marketing for now (131049)");

export const createBroadcastBody = z.strictObject({
  name: z.string().trim().min(1).max(200),
  providerId: uuid,
  templateId: uuid,
  segmentCriteria,
  variables: templateVariables.default({}),
  /** With it the broadcast is scheduled at once; without it, a draft. */
  scheduledAt: scheduledAt.optional(),
  marketingCap: marketingCap.optional().meta({ default: "fail" }),
});
export type CreateBroadcastInput = z.output<typeof createBroadcastBody>;

export const scheduleBroadcastBody = z.strictObject({ scheduledAt });
export type ScheduleBroadcastInput = z.output<typeof scheduleBroadcastBody>;

const count = z.int().nonnegative();

/** Why a broadcast that is sending sends nothing now, and goes on by itself. */
export const broadcastWaiting = z.object({
  reason: z.enum(["messaging_limit", "meta_unavailable", "number_held", "retry_later"]),
  until: nullableTimestamp.describe("null where nobody knows"),
  message: z.string(),
});
export type BroadcastWaiting = z.output<typeof broadcastWaiting>;

export const broadcastView = z.object({
  id: uuid,
  name: z.string(),
  providerId: uuid,
  templateId: uuid,
  segmentCriteria,
  variables: templateVariables,
  marketingCap,
  status: broadcastStatus,
  pauseReason: z.string().nullable(),
  pauseMessage: z.string().nullable().describe("pauseReason in words, and what to do"),
  failureReason: z.string().nullable(),
  failureMessage: z.string().nullable().describe("failureReason in words, and what to do"),
  waiting: broadcastWaiting.nullable(),
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
  completedAt: nullableTimestamp.describe("of a cancelled one: when everybody was settled"),
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
  billable: z.boolean().nullable().describe("whether Meta bills it; null until it said so"),
  pricingCategory: z.string().nullable(),
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

import { z } from "zod";
import { failureReasons, ownPauseReasons } from "./broadcast-reasons.ts";
import { messagePreview } from "./message-preview.ts";
import { storedCode } from "./narrow-to.ts";
import { pageOf, pageQuery } from "./pagination.ts";
import { recipientErrorCode } from "./recipient-codes.ts";
import {
  bigintId,
  count,
  longText,
  nullableTimestamp,
  timestamp,
  timeZone,
  uuid,
} from "./scalars.ts";
import { segmentCriteria } from "./segment-criteria.ts";
import { templateVariables } from "./template-variables.ts";

export const broadcastStatus = z.enum([
  "draft",
  "scheduled",
  "preparing",
  "sending",
  "paused",
  "completed",
  "canceled",
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
  "canceled",
]);

const broadcastName = longText(200);

const localTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?$/;

/** Time in the future. The operations that use it refuse a past time; the schema doesn't. */
const scheduledAt = z
  .union([z.iso.datetime({ offset: true }), z.string().regex(localTime)], {
    error: "must be ISO 8601 with an offset (2026-12-01T09:00:00Z), or without one and a timeZone",
  })
  .describe("ISO 8601; without an offset it is the time in timeZone");
const scheduleZone = timeZone.describe("IANA name");

export const marketingCap = z
  .enum(["fail", "retry_after_24h"])
  .describe("what happens to a recipient whom Meta spares marketing for now (131049)");

const content = {
  name: broadcastName,
  providerId: uuid,
  templateId: uuid,
  segmentCriteria,
  variables: templateVariables,
};

const exampleVariables = { body: { "1": { source: "field", field: "name", fallback: "you" } } };

const completeBroadcast = z.strictObject({
  ...content,
  draft: z.literal(false).optional(),
  variables: templateVariables.default({}),
  scheduledAt: scheduledAt.optional().describe("without it the broadcast is a draft"),
  timeZone: scheduleZone.optional(),
  marketingCap: marketingCap.optional().meta({ default: "fail" }),
});

const incompleteBroadcast = z.strictObject({
  draft: z.literal(true).describe("keep it as it is: it is checked wholly when it is launched"),
  name: broadcastName,
  providerId: uuid.nullable().optional(),
  templateId: uuid.nullable().optional(),
  segmentCriteria: segmentCriteria.nullable().optional(),
  variables: templateVariables.default({}),
  marketingCap: marketingCap.optional(),
});

export const createBroadcastBody = z
  .discriminatedUnion("draft", [incompleteBroadcast, completeBroadcast])
  .meta({
    examples: [
      {
        name: "Spring sale",
        providerId: "6f1c2b1e-8a43-4a0e-9f5d-1c2b3a4d5e6f",
        templateId: "0d9c8b7a-6543-4210-8fed-cba987654321",
        segmentCriteria: { tag: "vip" },
        variables: exampleVariables,
      },
      { draft: true, name: "Summer sale" },
    ],
  });
export type CreateBroadcastInput = z.output<typeof createBroadcastBody>;

export const updateBroadcastBody = z
  .strictObject({
    draft: z.literal(true).optional().describe("keep it as it is, even if incomplete"),
    name: broadcastName.optional(),
    providerId: uuid.nullable().optional(),
    templateId: uuid.nullable().optional(),
    segmentCriteria: segmentCriteria.nullable().optional(),
    variables: templateVariables.optional(),
    marketingCap: marketingCap.optional(),
    scheduledAt: scheduledAt.nullable().optional().describe("null makes it a draft again"),
    timeZone: scheduleZone.optional(),
  })
  .refine(
    (changes) =>
      Object.entries(changes).some(([name, value]) => name !== "draft" && value !== undefined),
    { error: "needs at least one field to change" },
  )
  .meta({ examples: [{ name: "Spring sale, second try" }] });
export type UpdateBroadcastInput = z.output<typeof updateBroadcastBody>;

export const scheduleBroadcastBody = z
  .strictObject({ scheduledAt, timeZone: scheduleZone.optional() })
  .meta({ examples: [{ scheduledAt: "2100-12-01T09:00", timeZone: "Europe/Berlin" }] });
export type ScheduleBroadcastInput = z.output<typeof scheduleBroadcastBody>;

export const testBroadcastBody = z
  .strictObject({
    to: z.string().trim().min(1).max(60).describe("a phone number, in international form"),
    contactId: bigintId
      .optional()
      .describe("whose values to use; by default those of somebody in the audience"),
  })
  .meta({ examples: [{ to: "+4915123456789" }] });
export type TestBroadcastInput = z.output<typeof testBroadcastBody>;
export const testSend = z.object({
  wamid: z.string(),
  status: z.string().describe("Meta's word: accepted, held_for_quality_assessment …"),
  preview: messagePreview,
});
export type TestSend = z.output<typeof testSend>;

export const retargetBroadcastBody = z
  .strictObject({
    who: z.enum(["not_delivered", "not_read", "not_replied"]),
    name: broadcastName.optional(),
  })
  .meta({ examples: [{ who: "not_read" }] });
export type RetargetBroadcastInput = z.output<typeof retargetBroadcastBody>;

/**
 * Reason why a broadcast is waiting. A sending one continues automatically; a scheduled one that
 * missed its time waits for a person.
 */
export const broadcastWaiting = z.object({
  reason: z.enum([
    "messaging_limit",
    "meta_unavailable",
    "number_held",
    "retry_later",
    "schedule_missed",
  ]),
  until: nullableTimestamp.describe("null where nobody knows"),
  message: z.string(),
});
export type BroadcastWaiting = z.output<typeof broadcastWaiting>;

export const broadcastView = z.object({
  id: uuid,
  name: z.string(),
  providerId: uuid.nullable().describe("null in an incomplete draft, like the next four"),
  providerName: z.string().nullable(),
  templateId: uuid.nullable(),
  templateName: z.string().nullable(),
  segmentCriteria: segmentCriteria.nullable(),
  variables: templateVariables,
  marketingCap,
  status: broadcastStatus,
  pauseReason: storedCode(z.enum(ownPauseReasons))
    .nullable()
    .describe("or meta_190 and so on, with Meta's code"),
  pauseMessage: z.string().nullable().describe("pauseReason in words, and what to do"),
  failureReason: storedCode(z.enum(failureReasons)).nullable(),
  failureMessage: z.string().nullable().describe("failureReason in words, and what to do"),
  waiting: broadcastWaiting.nullable(),
  retrying: z
    .enum(["failed", "unknown"])
    .nullable()
    .describe("whose recipients become pending again right now, a few thousand at a time"),
  totalRecipients: count,
  successfulSends: count.describe("accepted by Meta and not failed since"),
  failedSends: count,
  deliveredCount: count,
  readCount: count,
  repliedCount: count,
  skippedCount: count,
  unknownCount: count.describe("sent, but the answer never came; settled by Meta's webhook"),
  canceledCount: count,
  pendingCount: count.describe("still to be sent, those being sent now included"),
  messagesPerSecond: z.number().nonnegative().describe("the rate its number sends at now"),
  scheduledAt: nullableTimestamp,
  timeZone: z.string().nullable().describe("that the schedule was given in"),
  launchedAt: nullableTimestamp,
  startedAt: nullableTimestamp,
  pausedAt: nullableTimestamp,
  completedAt: nullableTimestamp.describe("of a canceled one: when everybody was settled"),
  canceledAt: nullableTimestamp,
  failedAt: nullableTimestamp,
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type BroadcastView = z.output<typeof broadcastView>;

const searchText = z
  .string()
  .trim()
  .max(200)
  .refine((value) => !value.includes("\0") && value.isWellFormed(), "must not contain NUL");

export const listBroadcastsQuery = pageQuery.extend({
  status: broadcastStatus.optional(),
  search: searchText.optional().describe("a part of the name"),
  providerId: uuid.optional(),
  templateId: uuid.optional(),
});
export type ListBroadcastsInput = z.output<typeof listBroadcastsQuery>;
export const broadcastPage = pageOf(broadcastView);

export const recipientView = z.object({
  id: bigintId,
  contactId: bigintId.nullable(),
  phone: z.string().describe("empty once the contact was deleted"),
  name: z.string().nullable().describe("the contact's name now"),
  status: recipientStatus,
  wamid: z.string().nullable(),
  attempts: count,
  errorCode: recipientErrorCode,
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

export const exportRecipientsQuery = z.object({
  status: recipientStatus.optional(),
  errorCode: z
    .string()
    .regex(/^\w{1,60}$/)
    .optional(),
  replied: z.enum(["true", "false"]).optional(),
  search: searchText
    .optional()
    .describe(
      "a part of the contact's name, e-mail address or phone number; the newest 1,000 who match",
    ),
});
export const listRecipientsQuery = pageQuery.extend(exportRecipientsQuery.shape);
export type ExportRecipientsInput = z.output<typeof exportRecipientsQuery>;
export type ListRecipientsInput = z.output<typeof listRecipientsQuery> & { broadcastId: string };
export const recipientPage = pageOf(recipientView);

/** Recipients of one broadcast with the same status and error. */
export const failureView = z.object({
  status: recipientStatus.describe("failed, skipped or unknown"),
  errorCode: recipientErrorCode,
  errorTitle: z.string().nullable(),
  title: z.string().describe("what happened, in plain words"),
  advice: z.string().describe("what it means and what to do"),
  nextStep: z
    .enum(["retry_failed", "resend_unknown", "fix_contacts", "none"])
    .describe("what may help these recipients"),
  count,
});
export type FailureView = z.output<typeof failureView>;
export const failureList = z.object({ items: z.array(failureView) });

/** Counts of sent, delivered, read and failed messages of a broadcast, in equal spans of time. */
export const broadcastTimeline = z.object({
  bucketSeconds: z.int().positive().describe("how long a bucket is"),
  buckets: z
    .array(
      z.object({
        startsAt: timestamp,
        sent: count.describe("accepted by Meta in this span, and not failed since"),
        delivered: count,
        read: count,
        failed: count,
      }),
    )
    .describe("all from the first event to the last, also those without any; at most 121"),
});
export type BroadcastTimeline = z.output<typeof broadcastTimeline>;

export const preflightWarning = z.enum([
  "messaging_limit",
  "quality",
  "number_held",
  "throttled",
  "us_marketing",
]);
export type PreflightWarning = z.output<typeof preflightWarning>;

/** Reason why a contact of the segment would not get the message. */
export const skipReason = z.enum(["opted_out", "no_phone", "missing_variable"]);
export type SkipReason = z.output<typeof skipReason>;

/** Check before launch: whether a broadcast can launch, and what would happen if it did now. */
export const preflight = z.object({
  canLaunch: z.boolean(),
  problems: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .describe("what keeps it from being launched, each named by the field"),
  warnings: z.array(z.object({ code: preflightWarning, message: z.string() })),
  recipients: count.describe("who would get the message"),
  skipped: z
    .array(z.object({ reason: skipReason, count, message: z.string() }))
    .describe("who is in the segment and would not"),
  expectedDurationSeconds: z.int().nonnegative().nullable(),
  messagingLimit: z.object({
    limit: z.int().nullable().describe("people within 24 hours; null for no limit"),
    used: count,
    remaining: z.int().nullable(),
    wouldWait: z.boolean().describe("it would stop at the limit, and go on by itself"),
  }),
  samples: z
    .array(z.object({ contactId: bigintId, name: z.string().nullable(), preview: messagePreview }))
    .max(3),
});
export type Preflight = z.output<typeof preflight>;

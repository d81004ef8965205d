import { z } from "zod";
import { nullableTimestamp, timestamp, uuid } from "./scalars.ts";

// Meta's ids: digits in every sample.
const metaId = z
  .string()
  .trim()
  .regex(/^\d{1,30}$/, "must be Meta's id, digits only");
const accessToken = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,1024}$/, "must be an access token: 1 to 1024 characters, no spaces");
const appSecret = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,256}$/, "must be an app secret: 1 to 256 characters, no spaces");

export const messagesPerSecondMax = 10_000;

export const connectProviderBody = z.strictObject({
  phoneNumberId: metaId,
  wabaId: metaId,
  accessToken,
  appSecret: appSecret.optional().describe("without it, META_APP_SECRET checks the webhooks"),
});
export type ConnectProviderInput = z.output<typeof connectProviderBody>;

export const updateProviderBody = z
  .strictObject({
    accessToken: accessToken.optional(),
    appSecret: appSecret.nullable().optional().describe("null takes it away"),
    messagesPerSecond: z.int().min(1).max(messagesPerSecondMax).optional(),
  })
  .refine((changes) => Object.values(changes).some((value) => value !== undefined), {
    error: "needs at least one of accessToken, appSecret, messagesPerSecond",
  });
export type UpdateProviderInput = z.output<typeof updateProviderBody>;

export const providerStatus = z.enum(["connected", "disconnected", "paused"]);

/** Meta's words. */
export const accountAlert = z.object({
  type: z.string(),
  severity: z.string().nullable(),
  status: z.string().nullable(),
  description: z.string().nullable(),
});

/** A number as the API shows it; its access token and app secret are never in it. */
export const providerView = z.object({
  id: uuid,
  phoneNumberId: z.string(),
  wabaId: z.string(),
  phoneNumber: z.string().nullable(),
  displayName: z.string().nullable(),
  status: providerStatus,
  statusReason: z.string().nullable(),
  statusMessage: z.string().nullable().describe("statusReason in words, and what to do"),
  qualityRating: z.string().nullable(),
  throughputLevel: z.string().nullable(),
  messagesPerSecond: z.int().describe("the limit"),
  currentMessagesPerSecond: z.int().describe("below the limit after Meta pushed back"),
  messagingLimit: z.string().nullable(),
  messagingLimitUntil: nullableTimestamp.describe("until then the messaging limit is used up"),
  heldUntil: nullableTimestamp.describe("until then the number rests, as Meta asked"),
  nameStatus: z.string().nullable().describe("what Meta decided of the display name"),
  nameRejectedReason: z.string().nullable(),
  accountStatus: z
    .string()
    .nullable()
    .describe("Meta's last word on the WhatsApp Business Account that concerns sending"),
  accountStatusReason: z.string().nullable().describe("what Meta said about it"),
  accountReviewStatus: z.string().nullable(),
  accountAlert: accountAlert.nullable().describe("Meta's last alert"),
  restrictedUntil: nullableTimestamp.describe("until then Meta restricts the account"),
  hasAppSecret: z.boolean(),
  webhookUrl: z.string(),
  webhookVerifyToken: z.string(),
  lastWebhookAt: nullableTimestamp,
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type ProviderView = z.output<typeof providerView>;

/** `warnings`: what was accepted but may not do what was meant. */
export const providerWithWarnings = providerView.extend({ warnings: z.array(z.string()) });
export type ProviderWithWarnings = z.output<typeof providerWithWarnings>;

export const providerList = z.object({
  items: z.array(providerView),
  nextCursor: z.string().nullable(),
});

/** What Meta says of a connected number now. */
export const providerCheck = z.object({
  ok: z.boolean(),
  problems: z.array(
    z.object({
      check: z.enum(["token", "phone_number", "waba", "subscription", "permissions"]),
      code: z.int().nullable().describe("Meta's code"),
      message: z.string(),
      advice: z.string(),
    }),
  ),
  provider: providerView,
});
export type ProviderCheck = z.output<typeof providerCheck>;

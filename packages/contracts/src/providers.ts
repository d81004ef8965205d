import { z } from "zod";
import { ownNumberReasons } from "./broadcast-reasons.ts";
import { storedCode } from "./narrow-to.ts";
import { pageOf } from "./pagination.ts";
import { changesOf, nullableTimestamp, timestamp, uuid } from "./scalars.ts";

// Meta's ids are digits in every sample.
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

export const connectProviderBody = z
  .strictObject({
    phoneNumberId: metaId,
    wabaId: metaId,
    accessToken,
    appSecret: appSecret.optional().describe("without it, META_APP_SECRET checks the webhooks"),
  })
  .meta({
    examples: [
      {
        phoneNumberId: "106540352242922",
        wabaId: "102290129340398",
        accessToken: "EAAJB...",
        appSecret: "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6",
      },
    ],
  });
export type ConnectProviderInput = z.output<typeof connectProviderBody>;

export const updateProviderBody = changesOf({
  accessToken: accessToken.optional(),
  appSecret: appSecret.nullable().optional().describe("null takes it away"),
  messagesPerSecond: z.int().min(1).max(messagesPerSecondMax).optional(),
}).meta({ examples: [{ messagesPerSecond: 200 }, { accessToken: "EAAJB..." }] });
export type UpdateProviderInput = z.output<typeof updateProviderBody>;

export const providerStatus = z.enum(["connected", "disconnected", "paused"]);

/** Alert about an account, in Meta's words. */
export const accountAlert = z.object({
  type: z.string(),
  severity: z.string().nullable(),
  status: z.string().nullable(),
  description: z.string().nullable(),
});

/** A number as the API shows it. Never contains its access token or app secret. */
export const providerView = z.object({
  id: uuid,
  phoneNumberId: z.string(),
  wabaId: z.string(),
  phoneNumber: z.string().nullable(),
  displayName: z.string().nullable(),
  status: providerStatus,
  statusReason: storedCode(z.enum(ownNumberReasons))
    .nullable()
    .describe("or meta_190 and so on, with Meta's code"),
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
  accessTokenExpiresAt: nullableTimestamp.describe(
    "null where it doesn't expire, or Meta doesn't say",
  ),
  hasAppSecret: z.boolean(),
  webhookUrl: z.string(),
  webhookVerifyToken: z.string(),
  lastWebhookAt: nullableTimestamp,
  movedAt: nullableTimestamp.describe(
    "when another organization connected the number; only its history is left here",
  ),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type ProviderView = z.output<typeof providerView>;

export const providerDetail = providerView.extend({
  messagingLimitUsed: z
    .int()
    .describe("people whom the number's business portfolio has written to within 24 hours"),
});
export type ProviderDetail = z.output<typeof providerDetail>;

/** A number with `warnings` about accepted settings that may not work as intended. */
export const providerWithWarnings = providerView.extend({ warnings: z.array(z.string()) });
export type ProviderWithWarnings = z.output<typeof providerWithWarnings>;

export const providerList = pageOf(providerView);

/** Result of checking a connected number with Meta. */
export const providerCheck = z.object({
  ok: z.boolean(),
  problems: z.array(
    z.object({
      check: z.enum(["token", "phone_number", "waba", "subscription", "permissions", "app_secret"]),
      code: z.int().nullable().describe("Meta's code"),
      message: z.string(),
      advice: z.string(),
    }),
  ),
  provider: providerView,
});
export type ProviderCheck = z.output<typeof providerCheck>;

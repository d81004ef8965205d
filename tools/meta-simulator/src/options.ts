import * as z from "zod";

const share = z.number().min(0).max(1);
const milliseconds = z.number().int().min(0).max(3_600_000);
const url = z.url({ protocol: /^https?$/ });

export const numberSchema = z.strictObject({
  phoneNumberId: z.string().regex(/^\d+$/),
  wabaId: z.string().regex(/^\d+$/),
  displayPhoneNumber: z.string().min(1),
  verifiedName: z.string().min(1),
  accessToken: z.string().min(1),
  appSecret: z.string().min(1),
  messagesPerSecond: z.number().int().min(0),
  throughputLevel: z.enum(["STANDARD", "HIGH", "NOT_APPLICABLE"]),
  qualityRating: z.enum(["GREEN", "YELLOW", "RED", "UNKNOWN"]),
  messagingLimit: z.string().regex(/^TIER_/),
  latencyMs: milliseconds.nullable(),
  hang: z.boolean(),
});

/**
 * Options of one business phone number. `messagesPerSecond` is enforced in every rolling second; 0
 * means no limit. `latencyMs` replaces the common latency unless it is null. With `hang`, its
 * messages are neither accepted nor answered.
 */
export type NumberOptions = z.infer<typeof numberSchema>;

export const givenNumberSchema = numberSchema.partial();

/** Number as given by the caller; missing values have defaults. */
export type GivenNumber = z.infer<typeof givenNumberSchema>;

export const faultsSchema = z.strictObject({
  /** Shares of the recipients, 0 to 1. */
  undeliverable: share,
  optedOut: share,
  marketingCapped: share,
  slow: share,
  cutBefore: share,
  cutAfter: share,
  hangBefore: share,
  hangAfter: share,
  held: share,
  /** Share of the delivered messages that are read. */
  readShare: share,
  /** Shares of the requests. */
  error5xx: share,
  html: share,
  rateLimited: share,
  /** Shares of webhook POSTs that are sent twice and of messages whose statuses change order. */
  webhookRepeat: share,
  webhookReorder: share,
  latencyMs: milliseconds,
  slowMs: milliseconds,
  heldMs: milliseconds,
});

export type Faults = z.infer<typeof faultsSchema>;

const serverSchema = z.strictObject({
  port: z.number().int().min(0).max(65_535),
  host: z.string().min(1),
  seed: z.number().int(),
  webhookUrl: url.optional(),
  verifyToken: z.string().min(1).optional(),
  accessToken: z.string().min(1),
  appSecret: z.string().min(1),
  appId: z.string().regex(/^\d+$/),
  numbers: z.array(givenNumberSchema),
  pairRate: z.boolean(),
  templateReviewMs: milliseconds,
  webhookBatch: z.number().int().min(1).max(1000),
  webhookDelayMs: milliseconds,
  webhookConnections: z.number().int().min(1).max(1000),
  webhookTimeoutMs: milliseconds.min(1),
  webhookRetryMs: milliseconds.min(1),
  webhookRetryMsMax: milliseconds.min(1),
});

const optionsSchema = serverSchema.extend(faultsSchema.shape);

export type SimulatorOptions = z.infer<typeof optionsSchema>;

export const defaultOptions: SimulatorOptions = {
  port: 0,
  host: "127.0.0.1",
  seed: 1,
  accessToken: "simulator-token",
  appSecret: "simulator-app-secret",
  appId: "670843887433847",
  numbers: [{}],
  pairRate: true,
  templateReviewMs: 500,
  webhookBatch: 50,
  webhookDelayMs: 100,
  webhookConnections: 8,
  webhookTimeoutMs: 10_000,
  webhookRetryMs: 200,
  webhookRetryMsMax: 2000,
  undeliverable: 0,
  optedOut: 0,
  marketingCapped: 0,
  slow: 0,
  cutBefore: 0,
  cutAfter: 0,
  hangBefore: 0,
  hangAfter: 0,
  held: 0,
  readShare: 0.6,
  error5xx: 0,
  html: 0,
  rateLimited: 0,
  webhookRepeat: 0,
  webhookReorder: 0,
  latencyMs: 5,
  slowMs: 3000,
  heldMs: 1000,
};

/**
 * Returns the defaults, overridden by the given options.
 * @throws Error if a value is invalid; its one sentence names every such option
 */
export function resolveOptions(given: Partial<SimulatorOptions>): SimulatorOptions {
  return parseInput(optionsSchema, { ...defaultOptions, ...given });
}

/**
 * Returns the input as read by the schema.
 * @throws Error if it is invalid; its one line has all issues: `messagesPerSecond: …; seed: …`
 */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new Error(issues.join("; "));
}

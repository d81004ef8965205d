import { z } from "zod";

// Ids and codes come as strings or numbers, whatever the documentation says of each.
const id = z.union([z.string().min(1), z.number().transform(String)]);
const optionalId = id.optional().catch(undefined);
const optionalNumber = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^-?\d+$/)
      .transform(Number),
  ])
  .optional()
  .catch(undefined);

const anyRecord = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
);
const envelope = z.object({ entry: z.array(z.unknown()) });
// Meta's own samples have `field` beside `changes`, or inside `value`.
const entrySchema = z.object({ id: optionalId, field: optionalId, changes: z.array(z.unknown()) });
const changeSchema = z.object({ field: optionalId, value: anyRecord.catch({}) });
const valueSchema = z.object({
  field: optionalId,
  metadata: z.object({ phone_number_id: optionalId }).optional().catch(undefined),
  statuses: z.array(z.unknown()).optional().catch(undefined),
});

/** One `changes[]` entry of a webhook POST. */
export interface WebhookChange {
  /** Empty where Meta left it out. */
  wabaId: string;
  /** Null for template and account fields: only the WABA id tells whose they are. */
  phoneNumberId: string | null;
  field: string;
  /** As it came. */
  value: Readonly<Record<string, unknown>>;
}

export interface WebhookPayload {
  changes: readonly (WebhookChange & { statuses: readonly unknown[] })[];
}

/**
 * The changes in a webhook POST's parsed JSON; null where it has no `entry` list. Each entry,
 * change and status is read by itself: one that is malformed doesn't reject the others.
 */
export function parseWebhook(raw: unknown): WebhookPayload | null {
  const payload = envelope.safeParse(raw);
  if (!payload.success) return null;
  const changes = payload.data.entry.flatMap((rawEntry) => {
    const entry = entrySchema.safeParse(rawEntry);
    if (!entry.success) return [];
    const { id: wabaId = "", field: entryField } = entry.data;
    return entry.data.changes.flatMap((rawChange) => {
      const change = changeSchema.safeParse(rawChange);
      if (!change.success) return [];
      const { value } = change.data;
      const { field, metadata, statuses = [] } = valueSchema.parse(value);
      return {
        wabaId,
        phoneNumberId: metadata?.phone_number_id ?? null,
        field: change.data.field ?? entryField ?? field ?? "",
        value,
        statuses,
      };
    });
  });
  return { changes };
}

// The year 9999: what is past it is no time in seconds.
const SECONDS_MAX = 253_402_300_799;

const statusCore = z.object({ id, status: id });
const statusSchema = statusCore.extend({
  timestamp: optionalNumber,
  recipient_id: optionalId,
  recipient_user_id: optionalId,
  biz_opaque_callback_data: optionalId,
  errors: z
    .array(
      z.object({
        code: optionalNumber,
        title: optionalId,
        message: optionalId,
        error_data: z.object({ details: optionalId }).optional().catch(undefined),
      }),
    )
    .optional()
    .catch(undefined),
  pricing: z
    .object({
      billable: z.boolean().optional().catch(undefined),
      pricing_model: optionalId,
      type: optionalId,
      category: optionalId,
    })
    .optional()
    .catch(undefined),
});

export interface StatusPricing {
  billable: boolean | null;
  /** PMP since July 2025. */
  model: string | null;
  /** regular, free_customer_service or free_entry_point. */
  type: string | null;
  category: string | null;
}

/** What became of one message; what Meta left out is absent. */
export interface StatusUpdate {
  wabaId: string;
  phoneNumberId: string | null;
  wamid: string;
  /** sent, delivered, read, failed, played, deleted, or a word not yet known. */
  status: string;
  timestamp: Date | null;
  recipientId?: string;
  /** Stands in for the phone number where the user has a username only. */
  recipientUserId?: string;
  callbackData?: string;
  errorCode?: number;
  errorTitle?: string;
  errorDetails?: string;
  pricing?: StatusPricing;
}

/** Every message status of the POST, in its order. */
export function statusUpdates(payload: WebhookPayload): StatusUpdate[] {
  return payload.changes.flatMap((change) =>
    // `calls` has statuses too, of calls.
    change.field === "messages"
      ? change.statuses.flatMap((raw) => readStatus(raw, change) ?? [])
      : [],
  );
}

function readStatus(
  raw: unknown,
  { wabaId, phoneNumberId }: Pick<WebhookChange, "wabaId" | "phoneNumberId">,
): StatusUpdate | null {
  const parsed = statusSchema.safeParse(raw);
  if (!parsed.success) return null;
  const { data } = parsed;
  const timestamp = dateOf(data.timestamp);
  const update: StatusUpdate = {
    wabaId,
    phoneNumberId,
    wamid: data.id,
    status: data.status,
    timestamp,
  };
  const error = data.errors?.[0];
  const title = error?.title ?? error?.message;
  const details = error?.error_data?.details;
  if (data.recipient_id !== undefined) update.recipientId = data.recipient_id;
  if (data.recipient_user_id !== undefined) update.recipientUserId = data.recipient_user_id;
  if (data.biz_opaque_callback_data !== undefined) {
    update.callbackData = data.biz_opaque_callback_data;
  }
  if (error?.code !== undefined) update.errorCode = error.code;
  if (title !== undefined) update.errorTitle = title;
  if (details !== undefined) update.errorDetails = details;
  if (data.pricing) {
    const {
      billable = null,
      pricing_model: model = null,
      type = null,
      category = null,
    } = data.pricing;
    update.pricing = { billable, model, type, category };
  }
  return update;
}

function dateOf(seconds: number | undefined): Date | null {
  if (seconds === undefined || seconds <= 0 || seconds > SECONDS_MAX) return null;
  return new Date(seconds * 1000);
}

// Beside statuses, these only describe them.
const STATUS_COMPANIONS = new Set(["messaging_product", "metadata", "contacts"]);

/**
 * Every change that is not (only) message statuses: inbound messages, errors, templates, accounts,
 * fields we don't know. Statuses that lack a message id or a status word are among them, to be kept.
 */
export function otherChanges(payload: WebhookPayload): WebhookChange[] {
  return payload.changes.flatMap(({ statuses, ...change }) => {
    if (change.field !== "messages" || statuses.length === 0) return [change];
    const { statuses: _read, ...rest } = change.value;
    const unreadable = statuses.filter((status) => !statusCore.safeParse(status).success);
    if (unreadable.length > 0) return [{ ...change, value: { ...rest, statuses: unreadable } }];
    const hasMore = Object.keys(rest).some((key) => !STATUS_COMPANIONS.has(key));
    return hasMore ? [{ ...change, value: rest }] : [];
  });
}

import { z } from "zod";
import { digits, listOf, messagingLimit, moment, part, text, word } from "./update-fields.ts";

export interface AccountRestriction {
  type: string;
  /** End of the restriction; null if Meta gives none. */
  expiresAt: Date | null;
}

export type AccountNews =
  | {
      kind: "event";
      /** `ACCOUNT_RESTRICTION`, `DISABLED_UPDATE`, `PARTNER_REMOVED` … */
      event: string;
      restrictions: readonly AccountRestriction[];
      violation: string | null;
      /** `DISABLE`, `SCHEDULE_FOR_DISABLE`, `REINSTATE`; several in Meta's documentation. */
      banStates: readonly string[];
      banDate: string | null;
      /** Reason why a number that the WhatsApp Business app also uses was disconnected. */
      disconnection: string | null;
    }
  | { kind: "review"; decision: string }
  | { kind: "alert"; alert: AccountAlert }
  /** `TIER_250` …; applies to the whole business portfolio. */
  | { kind: "messaging-limit"; messagingLimit: string };

export interface AccountAlert {
  type: string;
  severity: string | null;
  status: string | null;
  description: string | null;
}

export interface AccountUpdate {
  /** Digits only; null if the change doesn't include a number. */
  phoneNumber: string | null;
  news: AccountNews;
}

const restriction = z
  .object({ restriction_type: word, expiration: moment })
  .transform(({ restriction_type: type, expiration }): AccountRestriction | undefined =>
    type === undefined ? undefined : { type, expiresAt: expiration ?? null },
  );

const alertShape = {
  alert_type: word,
  alert_severity: word,
  alert_status: word,
  alert_description: text,
};

const valueSchema = z.object({
  event: word,
  phone_number: digits,
  restriction_info: listOf(restriction),
  violation_info: part({ violation_type: text }),
  ban_info: part({ waba_ban_state: listOf(word), waba_ban_date: text }),
  disconnection_info: part({ reason: word }),
  decision: word,
  alert_info: part(alertShape),
  ...alertShape,
  max_daily_conversations_per_business: messagingLimit,
  // Older names of the same field.
  max_daily_conversation_per_phone: messagingLimit,
  max_daily_conversations_per_phone: messagingLimit,
});
type Value = z.output<typeof valueSchema>;

const readers: Readonly<Record<string, (value: Value) => AccountNews | null>> = {
  account_update: eventOf,
  account_review_update: reviewOf,
  account_alerts: alertOf,
  business_capability_update: limitOf,
};

/**
 * Reads an account webhook, by its content if that doesn't fit the field. Returns null if the value
 * holds no update of an account.
 */
export function readAccountUpdate(
  field: string,
  value: Readonly<Record<string, unknown>>,
): AccountUpdate | null {
  const data = valueSchema.parse(value);
  const own = readers[field]?.(data) ?? null;
  const news = own ?? eventOf(data) ?? reviewOf(data) ?? alertOf(data) ?? limitOf(data);
  return news && { phoneNumber: data.phone_number ?? null, news };
}

function eventOf(value: Value): AccountNews | null {
  const restrictions = value.restriction_info;
  const violation = value.violation_info?.violation_type ?? null;
  const banStates = value.ban_info?.waba_ban_state ?? [];
  const event = value.event ?? eventByContent({ restrictions, violation, banStates });
  if (event === null) return null;
  const banDate = value.ban_info?.waba_ban_date ?? null;
  const disconnection = value.disconnection_info?.reason ?? null;
  return { kind: "event", event, restrictions, violation, banStates, banDate, disconnection };
}

function eventByContent(content: {
  restrictions: readonly unknown[];
  violation: string | null;
  banStates: readonly string[];
}): string | null {
  if (content.banStates.length > 0) return "DISABLED_UPDATE";
  if (content.restrictions.length > 0) return "ACCOUNT_RESTRICTION";
  return content.violation === null ? null : "ACCOUNT_VIOLATION";
}

function reviewOf({ decision }: Value): AccountNews | null {
  return decision === undefined ? null : { kind: "review", decision };
}

function alertOf(value: Value): AccountNews | null {
  const info = value.alert_info ?? value;
  if (info.alert_type === undefined) return null;
  const alert = {
    type: info.alert_type,
    severity: info.alert_severity ?? null,
    status: info.alert_status ?? null,
    description: info.alert_description ?? null,
  };
  return { kind: "alert", alert };
}

function limitOf(value: Value): AccountNews | null {
  const limit =
    value.max_daily_conversations_per_business ??
    value.max_daily_conversation_per_phone ??
    value.max_daily_conversations_per_phone;
  return limit === undefined ? null : { kind: "messaging-limit", messagingLimit: limit };
}

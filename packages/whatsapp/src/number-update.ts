import { z } from "zod";
import { digits, messagingLimit, reason, text, word } from "./update-fields.ts";

export type NumberNews =
  | {
      kind: "quality";
      /** `FLAGGED`, `UNFLAGGED`, `THROUGHPUT_UPGRADE` … */
      event: string | null;
      /** `TIER_250` …; applies to the whole business portfolio. */
      messagingLimit: string | null;
    }
  | {
      kind: "name";
      decision: string;
      requestedName: string | null;
      rejectionReason: string | null;
    };

export interface NumberUpdate {
  /** Digits only; null if the change doesn't include a number. */
  displayPhoneNumber: string | null;
  news: NumberNews;
}

const valueSchema = z.object({
  display_phone_number: digits,
  event: word,
  current_limit: messagingLimit,
  // Replaces `current_limit` since 2026.
  max_daily_conversations_per_business: messagingLimit,
  decision: word,
  requested_verified_name: text,
  rejection_reason: reason,
});
type Value = z.output<typeof valueSchema>;

/**
 * Reads a number webhook, by its content if that doesn't fit the field. Returns null if the value
 * holds no update of a number.
 */
export function readNumberUpdate(
  field: string,
  value: Readonly<Record<string, unknown>>,
): NumberUpdate | null {
  const data = valueSchema.parse(value);
  const news =
    field === "phone_number_name_update"
      ? (nameOf(data) ?? qualityOf(data))
      : (qualityOf(data) ?? nameOf(data));
  return news && { displayPhoneNumber: data.display_phone_number ?? null, news };
}

function qualityOf(value: Value): NumberNews | null {
  const event = value.event ?? null;
  const limit = value.max_daily_conversations_per_business ?? value.current_limit ?? null;
  return event === null && limit === null
    ? null
    : { kind: "quality", event, messagingLimit: limit };
}

function nameOf(value: Value): NumberNews | null {
  if (value.decision === undefined) return null;
  return {
    kind: "name",
    decision: value.decision,
    requestedName: value.requested_verified_name ?? null,
    rejectionReason: value.rejection_reason ?? null,
  };
}

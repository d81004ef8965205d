import type { WebhookEventReason } from "@loudhailer/contracts/webhook-event-reasons.ts";
import type { StatusUpdate } from "@loudhailer/db/apply-statuses.ts";
import { parseCallbackData } from "@loudhailer/whatsapp/callback-data.ts";
import { readMessageStatus, type MessageStatus } from "@loudhailer/whatsapp/message-status.ts";
import { testCallbackPrefix } from "../broadcasts/test-broadcast.ts";
import { earlier, type ItemContext } from "./read-inbound-items.ts";

export interface StatusItem {
  update: StatusUpdate;
  /** Null if Meta gave no time. */
  metaTime: Date | null;
}

/** Returns a status to apply, or the reason why it can't be applied. */
export function readStatusItem(
  raw: unknown,
  context: ItemContext,
): StatusItem | WebhookEventReason {
  const status = readMessageStatus(raw);
  if (!status) return "unreadable_status";
  if (!isApplicable(status.status)) return "unknown_status";
  // A test message has no recipient, so there is nothing to match and nothing to retry.
  if (status.callbackData?.startsWith(testCallbackPrefix)) return "test_status";
  return { update: toUpdate(status, status.status, context), metaTime: status.timestamp };
}

function isApplicable(status: string): status is StatusUpdate["status"] {
  return status === "sent" || status === "delivered" || status === "read" || status === "failed";
}

function toUpdate(
  { callbackData, wamid, timestamp, errorCode, errorTitle, errorDetails, pricing }: MessageStatus,
  status: StatusUpdate["status"],
  { organizationId, receivedAt }: ItemContext,
): StatusUpdate {
  return {
    organizationId,
    attempt: parseCallbackData(callbackData),
    wamid,
    status,
    at: earlier(timestamp, receivedAt),
    errorCode: errorCode === undefined ? null : String(errorCode),
    errorTitle: withoutNul(errorTitle),
    errorDetails: withoutNul(errorDetails),
    billable: pricing?.billable ?? null,
    pricingCategory: withoutNul(pricing?.category ?? undefined),
  };
}

// A character that PostgreSQL can't store in an error's text must not lose the status.
function withoutNul(text: string | undefined): string | null {
  return text === undefined ? null : text.replaceAll("\0", "\u{FFFD}");
}

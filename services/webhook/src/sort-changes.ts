import type { WebhookEvent } from "@loudhailer/core/webhook-events/keep-webhook-events.ts";
import type { StatusUpdate } from "@loudhailer/db/apply-statuses.ts";
import {
  otherChanges,
  statusUpdates,
  type StatusUpdate as MetaStatus,
} from "@loudhailer/whatsapp/webhook-payload.ts";
import type { AuthenticChange, Change } from "./authenticate-changes.ts";

/** A status to apply, and what to keep of it when it fits no recipient. */
export interface StatusItem {
  update: StatusUpdate;
  /** Null where Meta left the time out. */
  metaTime: Date | null;
  source: Omit<WebhookEvent, "reason">;
}

export interface SortedChanges {
  statuses: StatusItem[];
  /** To be kept as they are. */
  events: WebhookEvent[];
}

/** What a POST's authentic changes ask for: statuses to apply and events to keep. */
export function sortChanges(
  authentic: readonly AuthenticChange[],
  receivedAt: Date,
): SortedChanges {
  const sorted: SortedChanges = { statuses: [], events: [] };
  for (const { change, organizationId } of authentic) {
    if (organizationId === null) {
      const reason = change.phoneNumberId === null ? "unknown_waba" : "unknown_number";
      sorted.events.push(toEvent(change, null, change.value, reason));
      continue;
    }
    if (change.field === "messages") sortStatuses(change, organizationId, receivedAt, sorted);
    for (const other of otherChanges({ changes: [change] })) {
      sorted.events.push(toEvent(change, organizationId, other.value, "unhandled_field"));
    }
  }
  return sorted;
}

function sortStatuses(
  change: Change,
  organizationId: string,
  receivedAt: Date,
  sorted: SortedChanges,
): void {
  for (const raw of change.statuses) {
    const [status] = statusUpdates({ changes: [{ ...change, statuses: [raw] }] });
    // One without an id or a status word is among the other changes.
    if (!status) continue;
    const payload = { statuses: [raw] };
    if (!isApplicable(status.status)) {
      sorted.events.push(toEvent(change, organizationId, payload, "unknown_status"));
      continue;
    }
    sorted.statuses.push({
      update: toUpdate(status, status.status, organizationId, receivedAt),
      metaTime: status.timestamp,
      source: toSource(change, organizationId, payload),
    });
  }
}

function isApplicable(status: string): status is StatusUpdate["status"] {
  return ["sent", "delivered", "read", "failed"].includes(status);
}

function toUpdate(
  status: MetaStatus,
  word: StatusUpdate["status"],
  organizationId: string,
  receivedAt: Date,
): StatusUpdate {
  return {
    organizationId,
    recipientId: readRecipientId(status.callbackData),
    wamid: status.wamid,
    status: word,
    at: status.timestamp ?? receivedAt,
    errorCode: status.errorCode === undefined ? null : String(status.errorCode),
    errorTitle: withoutNul(status.errorTitle),
    errorDetails: withoutNul(status.errorDetails),
  };
}

const BIGINT_MAX = 9_223_372_036_854_775_807n;

/** Our recipient id, where the callback data is one: other programs put other things in. */
function readRecipientId(callbackData: string | undefined): string | null {
  if (callbackData === undefined || !/^\d{1,19}$/.test(callbackData)) return null;
  return BigInt(callbackData) > BIGINT_MAX ? null : callbackData;
}

// A character PostgreSQL can't store in the words of an error must not cost the status.
function withoutNul(text: string | undefined): string | null {
  return text === undefined ? null : text.replaceAll("\0", "\u{FFFD}");
}

function toSource(
  change: Change,
  organizationId: string | null,
  payload: object,
): StatusItem["source"] {
  const { wabaId, phoneNumberId, field } = change;
  return { organizationId, wabaId: wabaId === "" ? null : wabaId, phoneNumberId, field, payload };
}

function toEvent(
  change: Change,
  organizationId: string | null,
  payload: object,
  reason: string,
): WebhookEvent {
  return { ...toSource(change, organizationId, payload), reason };
}

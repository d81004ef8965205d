import type { Broadcast, Recipient } from "../../api/types.ts";

export const broadcastStatuses: { value: Broadcast["status"]; label: string }[] = [
  { value: "draft", label: "Drafts" },
  { value: "scheduled", label: "Scheduled" },
  { value: "preparing", label: "Preparing" },
  { value: "sending", label: "Sending" },
  { value: "paused", label: "Paused" },
  { value: "completed", label: "Completed" },
  { value: "canceled", label: "Canceled" },
  { value: "failed", label: "Failed" },
];

export const recipientStatuses: { value: Recipient["status"]; label: string }[] = [
  { value: "pending", label: "Waiting" },
  { value: "sent", label: "Sent" },
  { value: "delivered", label: "Delivered" },
  { value: "read", label: "Read" },
  { value: "failed", label: "Failed" },
  { value: "unknown", label: "Not confirmed" },
  { value: "skipped", label: "Skipped" },
  { value: "canceled", label: "Canceled" },
];

/** Returns the broadcast status in a query parameter; undefined if it isn't a status. */
export function asStatus(text: string | undefined): Broadcast["status"] | undefined {
  return broadcastStatuses.find(({ value }) => value === text)?.value;
}

export function asRecipientStatus(text: string | undefined): Recipient["status"] | undefined {
  return recipientStatuses.find(({ value }) => value === text)?.value;
}

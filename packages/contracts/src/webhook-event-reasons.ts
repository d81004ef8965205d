/** Reasons why a part of a webhook is kept in webhook_events instead of being applied. */
export const webhookEventReasons = [
  // PostgreSQL refused to apply it.
  "refused",
  "unmatched_status",
  // Its recipient is of an organization that had the number before; such a status isn't stored.
  "status_of_another_organization",
  "unknown_number",
  "unknown_waba",
  "unknown_template",
  "older_than_applied",
  "wamid_of_another_message",
  "test_status",
  "unknown_status",
  "unknown_event",
  "no_sender",
  "template_flagged",
  "template_locked",
  "error_notice",
  "too_many_parts",
  "unhandled_event",
  "unhandled_field",
  "unhandled_part",
  "unhandled_preference",
  "unreadable_message",
  "unreadable_shape",
  "unreadable_status",
  "unreadable_update",
  "unreadable_user_id",
] as const;
export type WebhookEventReason = (typeof webhookEventReasons)[number];

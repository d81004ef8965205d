import type { ErrorCode } from "./error-codes.ts";

/** Reason that is Meta's error code: `meta_190`. */
export type MetaReason = `meta_${number}`;

/** Reasons of Loudhailer's own why a number can't send. Its broadcasts may be paused for them. */
export const ownNumberReasons = [
  "token_unreadable",
  // A check with Meta found the number disconnected.
  "number_refused",
  "waba_refused",
  "permissions_missing",
  // Another organization has connected the number.
  "number_moved",
  // The state of the number's account at Meta.
  "account_restricted",
  "account_disabled",
  "account_deleted",
  "account_offboarded",
  "partner_removed",
  "partner_app_uninstalled",
] as const;

/** Reason why a number is paused or disconnected. */
export type NumberReason = (typeof ownNumberReasons)[number] | MetaReason;

/** Reasons of Loudhailer's own why a broadcast is paused. */
export const ownPauseReasons = [
  ...ownNumberReasons,
  "paused_by_operator",
  "rows_refused",
  "audience_incomplete",
  "unexpected_error",
  "quality_red",
  // The template was edited at Meta while the broadcast was sending.
  "template_edited",
  // The state of the template at Meta.
  "template_paused",
  "template_disabled",
  "template_rejected",
  "template_archived",
  "template_in_appeal",
  "template_pending",
  "template_pending_deletion",
  "template_deleted",
  "template_limit_exceeded",
] as const;

/** Reason why a broadcast is paused. */
export type PauseReason = (typeof ownPauseReasons)[number] | MetaReason;

/** Errors that keep a scheduled broadcast from being launched when it is due. */
export const launchErrors = [
  "invalid_input",
  "broadcast_not_sendable",
  "template_not_approved",
] as const satisfies readonly ErrorCode[];
export type LaunchError = (typeof launchErrors)[number];

/** Reasons why a broadcast failed. */
export const failureReasons = [
  ...launchErrors,
  "no_recipients",
  "all_recipients_skipped",
  "all_recipients_failed",
  "could_not_be_prepared",
  "unexpected_error",
] as const;
export type FailureReason = (typeof failureReasons)[number];

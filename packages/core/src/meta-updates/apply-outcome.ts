import type { WebhookEventReason } from "@loudhailer/contracts/webhook-event-reasons.ts";

/** Why a part of a webhook is not applied but stored as an event. */
export interface NotApplied {
  reason: WebhookEventReason;
  /** PostgreSQL's code if it refused to apply or to store the part. */
  refusedWith?: string;
}

/** Outcome of one part of a webhook. */
export type ApplyOutcome = { applied: true } | ({ applied: false } & NotApplied);

export function notApplied(reason: WebhookEventReason): ApplyOutcome {
  return { applied: false, reason };
}

/** Returns the outcome of an update, which isn't applied if a later one was applied before. */
export function appliedIf(isLatest: boolean): ApplyOutcome {
  return isLatest ? { applied: true } : notApplied("older_than_applied");
}

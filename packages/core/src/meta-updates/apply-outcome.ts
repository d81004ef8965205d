/** Outcome of one part of a webhook; `reason` is stored with the event: `unknown_template`. */
export type ApplyOutcome = { applied: true } | { applied: false; reason: string };

export function notApplied(reason: string): ApplyOutcome {
  return { applied: false, reason };
}

/** Returns the outcome of an update, which isn't applied if a later one was applied before. */
export function appliedIf(isLatest: boolean): ApplyOutcome {
  return isLatest ? { applied: true } : notApplied("older_than_applied");
}

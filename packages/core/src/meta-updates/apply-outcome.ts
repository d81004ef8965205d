/** Of one thing that a webhook brought; `reason` is that of the event kept instead: `unknown_template`. */
export type ApplyOutcome = { applied: true } | { applied: false; reason: string };

export function notApplied(reason: string): ApplyOutcome {
  return { applied: false, reason };
}

/** Of an update that is older than what was applied before. */
export function appliedIf(isLatest: boolean): ApplyOutcome {
  return isLatest ? { applied: true } : notApplied("older_than_applied");
}

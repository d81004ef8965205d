import type { BroadcastView } from "@loudhailer/contracts/broadcasts.ts";
import { marketingCapCode, stoppedMarketingCode } from "@loudhailer/db/marketing-codes.ts";
import { sql, type RawBuilder } from "kysely";

/** Status of the recipients that a retry makes pending again. */
export type RetryKind = NonNullable<BroadcastView["retrying"]>;

/**
 * Age of a claim until which its recipient isn't resent to: a request takes at most a minute, and
 * its webhook arrives within seconds.
 */
export const youngSecondsMax = 90;

/** Difference to Meta's clock, which `failed_at` has from a webhook. */
const clockSecondsMax = 5;

interface RetryRule {
  /** Condition on the recipients `r` that a request at the moment `before` concerns. */
  which(before: RawBuilder<Date>): RawBuilder<boolean>;
  /** Moment of the next attempt, computed from the old row `r`. */
  nextAttemptAt: RawBuilder<Date>;
}

/**
 * Who is retried, and when. `claimed_at` tells whether the attempt is older than the request, by
 * the database's own clock: each attempt begins with a claim.
 */
export const retryRules: Record<RetryKind, RetryRule> = {
  failed: {
    // The claim can't see that a deleted contact had opted out, so those stay failed.
    which: (before) => sql`r.status = 'failed'
      and coalesce(r.claimed_at < ${before}, true)
      and coalesce(r.failed_at < ${before} + ${clockSecondsMax} * interval '1 second', true)
      and not (r.contact_id is null and coalesce(r.error_code = ${stoppedMarketingCode}, false))`,
    nextAttemptAt: sql`case when r.error_code = ${marketingCapCode}
      then greatest(now(), coalesce(r.failed_at, now()) + interval '24 hours') else now() end`,
  },
  unknown: {
    which: (before) => sql`r.status = 'unknown'
      and coalesce(r.claimed_at < ${before} - ${youngSecondsMax} * interval '1 second', true)`,
    nextAttemptAt: sql`now()`,
  },
};

import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Transaction } from "kysely";

export interface LatestClaim {
  organizationId: string;
  /** Rows of ours, such as `template <id>`, locked before: so two claims can't deadlock. */
  subjects: readonly string[];
  /** What is said of them; what one field says doesn't hinder another. */
  field: string;
  /** Null counts as now, and so does what is yet to come: a clock's mistake must not last. */
  happenedAt: Date | null;
}

/**
 * Those of `subjects` of which nothing later has been applied under the same field; their time is
 * kept in the same transaction. The same update again is not older than itself: Meta's times are
 * whole seconds, within which several things can happen.
 */
export async function claimLatest(
  trx: Transaction<Database>,
  { organizationId, subjects, field, happenedAt }: LatestClaim,
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ subject: string }>`
    insert into webhook_update_times as known (organization_id, subject, field, happened_at)
    select ${organizationId}::uuid, subject, ${field},
      least(${happenedAt}::timestamptz, date_trunc('second', now()))
    from unnest(${subjects}::text[]) as claimed(subject)
    on conflict (organization_id, subject, field) do update
      set happened_at = excluded.happened_at
      where excluded.happened_at >= known.happened_at
    returning subject
  `.execute(trx);
  return new Set(rows.map(({ subject }) => subject));
}

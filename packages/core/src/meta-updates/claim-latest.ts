import type { Database } from "@loudhailer/db/database.ts";
import { sql, type Transaction } from "kysely";

export interface LatestClaim {
  organizationId: string;
  /** Rows such as `template <id>`, locked by the caller so that two claims can't deadlock. */
  subjects: readonly string[];
  /** Kind of the update; each field has its own order. */
  field: string;
  /** Null and future times count as now, so that a wrong clock has no lasting effect. */
  happenedAt: Date | null;
}

/**
 * Returns the `subjects` to which no later update has been applied under the same field, and stores
 * the update's time for them in the same transaction. An update with an equal time isn't older:
 * Meta's times are whole seconds, within which several things can happen.
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

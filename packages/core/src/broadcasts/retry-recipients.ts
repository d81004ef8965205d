import { archiveAttemptsSql } from "@loudhailer/db/archive-attempts.ts";
import type { Database } from "@loudhailer/db/database.ts";
import { countMovesSql } from "@loudhailer/db/move-recipients.ts";
import { sql, type Transaction } from "kysely";
import { retryRules, type RetryKind } from "./retry-rules.ts";

/** Columns of a broadcast whose retry has ended. */
export const noRetry = { retry_kind: null, retry_cursor: null, retry_before: null };

/** An open retry of a broadcast. */
export interface OpenRetry {
  broadcastId: string;
  kind: RetryKind;
  /** The last recipient that was looked at. */
  cursor: string;
  /** Moment of the request, as PostgreSQL's text: a Date has no microseconds. */
  before: string;
}

/** What a slice has done: recipients looked at, the last of them, and recipients made pending. */
export interface RetriedSlice {
  seen: number;
  last: string | null;
  moved: number;
}

/**
 * Makes those of the next `sizeMax` recipients pending again that the retry concerns, and updates
 * the counters, in one statement. Their earlier attempts are kept, so that late statuses of those are
 * recognized. Each recipient is looked at once, so that one that fails
 * again isn't retried by the same request.
 */
export async function retryRecipients(
  trx: Transaction<Database>,
  { broadcastId, kind, cursor, before }: OpenRetry,
  sizeMax: number,
): Promise<RetriedSlice> {
  const { which, nextAttemptAt } = retryRules[kind];
  // The pair keeps the planner on (broadcast_id, id), as in take-shares.ts. The status is compared
  // afterwards: for a rare one, the planner would rather scan another index and sort.
  const { rows } = await sql<RetriedSlice>`
    with slice as materialized (
      select r.id, r.status from whatsapp_broadcast_recipients r
      where (r.broadcast_id, r.id) > (${broadcastId}::uuid, ${cursor}::bigint)
        and r.broadcast_id <= ${broadcastId}::uuid
      order by r.broadcast_id, r.id
      limit ${sizeMax}::integer
    ),
    locked as materialized (
      select r.*, r.status as old_status
      from whatsapp_broadcast_recipients r
      where r.id = any(array(select s.id from slice s where s.status = ${kind}))
        -- A deleted contact's number is gone.
        and r.phone <> '' and ${which(sql`${before}::timestamptz`)}
      order by r.id
      for no key update
    ),
    ${sql.raw(archiveAttemptsSql)},
    moved as (
      update whatsapp_broadcast_recipients r
      set status = 'pending', attempt_id = null, wamid = null, attempts = 0,
        next_attempt_at = ${nextAttemptAt}, error_code = null, error_title = null,
        error_details = null, sent_at = null, failed_at = null
      from locked l
      where r.id = l.id
      returning r.broadcast_id, l.old_status, r.status as new_status
    ),
    ${sql.raw(countMovesSql)}
    select max(id) as last, count(*)::integer as seen,
      (select count(*) from moved)::integer as moved
    from slice
  `.execute(trx);
  return rows[0] ?? { seen: 0, last: null, moved: 0 };
}

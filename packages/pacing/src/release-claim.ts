import type pg from "pg";
import type { Attempt } from "./claim-recipients.ts";

const releaseSql = `
  update whatsapp_broadcast_recipients r
  set status = 'pending', attempts = r.attempts - 1, attempt_id = null, next_attempt_at = now()
  from (
    select r.id from whatsapp_broadcast_recipients r
    join unnest($1::bigint[], $2::uuid[]) as w(id, attempt_id)
      on w.id = r.id and w.attempt_id = r.attempt_id
    where r.status = 'sending'
    order by r.id
    for no key update of r
  ) lost
  where r.id = lost.id
`;

/**
 * Releases a claim whose answer was lost, whether it was committed or not. The caller must make
 * sure that it isn't committed later: the pool's `statementTimeoutMs` has passed.
 */
export async function releaseClaim(pool: pg.Pool, attempts: readonly Attempt[]): Promise<void> {
  await pool.query({
    name: "release-claim",
    text: releaseSql,
    values: [
      attempts.map(({ recipientId }) => recipientId),
      attempts.map(({ attemptId }) => attemptId),
    ],
  });
}

import type pg from "pg";

const releaseSql = `
  update whatsapp_broadcast_recipients r
  set status = 'pending', attempts = r.attempts - 1, claim_id = null, next_attempt_at = now()
  from (
    select id from whatsapp_broadcast_recipients
    where id = any($1::bigint[]) and status = 'sending' and claim_id = $2
    order by id
    for no key update
  ) lost
  where r.id = lost.id
`;

/**
 * Releases a claim whose answer was lost, whether it was committed or not. The caller must make
 * sure that it isn't committed later: the pool's `statementTimeoutMs` has passed.
 */
export async function releaseClaim(
  pool: pg.Pool,
  ids: readonly string[],
  claimId: string,
): Promise<void> {
  await pool.query({ name: "release-claim", text: releaseSql, values: [ids, claimId] });
}

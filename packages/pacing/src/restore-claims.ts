import { settleRecipients } from "@loudhailer/db/settle-recipients.ts";
import type pg from "pg";
import type { Attempt } from "./claim-recipients.ts";
import type { RecentClaims } from "./recent-claims.ts";
import { batchSizeMax } from "./tuning.ts";

// A claimed row isn't pending, and a replaced attempt is in the archive, so a repeat changes nothing.
// The cursors may be behind as well, so sweeps find all of these by their moment.
const restoreSql = `
  update whatsapp_broadcast_recipients r
  set status = 'sending', attempts = r.attempts + 1, claimed_at = now(), claimed_by = $3,
      attempt_id = lost.attempt_id, next_attempt_at = 'infinity'
  from (
    select r.id, w.attempt_id from whatsapp_broadcast_recipients r
    join unnest($1::bigint[], $2::uuid[]) as w(id, attempt_id) on w.id = r.id
    where r.status = 'pending' and not exists (
      select from recipient_attempts a where a.recipient_id = r.id and a.attempt_id = w.attempt_id)
    order by r.id
    for no key update of r
  ) lost
  where r.id = lost.id
`;

/**
 * Writes again what this process has claimed and settled in the last minutes, after the database
 * came back without part of it. Claims that were not settled, or not as put back, become `sending`
 * again if they are pending. Then each settlement is repeated, which changes nothing that the
 * database has kept. Returns the number of claims.
 */
export async function restoreClaims(
  pool: pg.Pool,
  dispatcherId: string,
  recentClaims: RecentClaims,
): Promise<number> {
  const all = recentClaims.all();
  for (let at = 0; at < all.length; at += batchSizeMax) {
    const some = all.slice(at, at + batchSizeMax);
    const certain = some.filter(({ settlement }) => settlement?.status !== "pending");
    await restore(pool, dispatcherId, certain);
    const settlements = some.flatMap(({ settlement }) => (settlement === null ? [] : [settlement]));
    await settleRecipients(pool, settlements);
  }
  return all.length;
}

async function restore(
  pool: pg.Pool,
  dispatcherId: string,
  attempts: readonly Attempt[],
): Promise<void> {
  await pool.query({
    name: "restore-claims",
    text: restoreSql,
    values: [
      attempts.map(({ recipientId }) => recipientId),
      attempts.map(({ attemptId }) => attemptId),
      dispatcherId,
    ],
  });
}

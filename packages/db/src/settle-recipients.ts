import type { RecipientCode } from "@loudhailer/contracts/recipient-codes.ts";
import type pg from "pg";
import { countMovesSql, optOutSql, statusRank } from "./move-recipients.ts";

/** Outcome of one claimed recipient. */
export type Settlement = {
  recipientId: string;
  attemptId: string;
} & (
  | { status: "sent"; wamid: string }
  | { status: "failed" | "unknown"; error: SettledError }
  | {
      /** Certainly not sent; may be claimed again after `delayMs`. */
      status: "pending";
      delayMs: number;
      /** False if the reason isn't the recipient, such as throttling. */
      countsAsAttempt: boolean;
      error: SettledError | null;
    }
);

export interface SettledError {
  code: RecipientCode;
  title: string;
  details: string | null;
}

// A status webhook may arrive before the answer to the send itself. Then only what the answer adds
// (the wamid) is written and the status stays. A claim that was taken away, from a dispatcher that
// seemed dead or by a repeat of this very statement, settles nothing more: only its `sent` still
// counts. So a repeat after a lost answer changes nothing. A message that a webhook has reported
// as failed, and that is being retried, no longer counts.
const settleSql = `
  with input as (
    select * from unnest(
      $1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::integer[],
      $8::smallint[], $9::uuid[]
    ) as i(id, status, wamid, error_code, error_title, error_details, delay_ms, attempts_back,
      attempt_id)
  ),
  locked as materialized (
    select r.id, r.broadcast_id, r.status as old_status, r.attempt_id, r.retried_wamids
    from whatsapp_broadcast_recipients r
    where r.id = any($1::bigint[])
    order by r.id
    for no key update
  ),
  decided as materialized (
    select l.id, l.broadcast_id, l.old_status,
      case when (i.wamid = any(l.retried_wamids)) is not true then i.wamid end as wamid, i.error_code, i.error_title,
      i.error_details, i.delay_ms, i.attempts_back,
      case
        when i.wamid = any(l.retried_wamids) then l.old_status
        when i.status <> 'sent' and l.attempt_id is distinct from i.attempt_id then l.old_status
        when i.status = 'pending'
          then case when l.old_status in ('sending', 'unknown') then 'pending' else l.old_status end
        when (l.old_status in ('sending', 'unknown', 'sent', 'failed', 'delivered', 'read')
            or (l.old_status = 'pending' and i.status = 'sent'))
          and ${statusRank("i.status")} > ${statusRank("l.old_status")} then i.status
        else l.old_status
      end as new_status
    from locked l join input i on i.id = l.id
  ),
  moved as (
    update whatsapp_broadcast_recipients r
    set status = d.new_status,
        wamid = coalesce(r.wamid, d.wamid),
        attempts = r.attempts - case when d.new_status = 'pending' then d.attempts_back else 0 end,
        attempt_id = case when d.new_status = 'pending' then null else r.attempt_id end,
        next_attempt_at = case when d.new_status = 'pending'
          then now() + d.delay_ms * interval '1 millisecond' end,
        sent_at = case when d.new_status = 'sent' then coalesce(r.sent_at, now()) else r.sent_at end,
        failed_at = case when d.new_status = 'failed' then coalesce(r.failed_at, now()) else r.failed_at end,
        error_code = case when d.new_status = d.old_status then r.error_code else d.error_code end,
        error_title = case when d.new_status = d.old_status then r.error_title else d.error_title end,
        error_details = case when d.new_status = d.old_status then r.error_details else d.error_details end
    from decided d
    where r.id = d.id
      and (d.new_status <> d.old_status or (d.wamid is not null and r.wamid is null))
    returning d.broadcast_id, d.old_status, d.new_status, r.contact_id, r.error_code
  ),
  ${optOutSql},
  ${countMovesSql}
  select count(*)::integer as moved from moved
`;

/**
 * Writes the outcomes of claimed recipients and the broadcasts' counters in one statement. Never
 * moves a row back: a status that a webhook has set meanwhile stays. A call may have at most one
 * settlement per recipient.
 */
export async function settleRecipients(
  pool: pg.Pool,
  settlements: readonly Settlement[],
): Promise<void> {
  const errors = settlements.map((s) => (s.status === "sent" ? null : s.error));
  await pool.query({
    name: "settle-recipients",
    text: settleSql,
    values: [
      settlements.map((s) => s.recipientId),
      settlements.map((s) => s.status),
      settlements.map((s) => (s.status === "sent" ? storable(s.wamid) : null)),
      errors.map((error) => storable(error?.code)),
      errors.map((error) => storable(error?.title)),
      errors.map((error) => storable(error?.details)),
      settlements.map((s) => (s.status === "pending" ? s.delayMs : null)),
      settlements.map((s) => (s.status === "pending" && !s.countsAsAttempt ? 1 : 0)),
      settlements.map((s) => s.attemptId),
    ],
  });
}

/** Replaces NUL, which PostgreSQL can't store in a text and Meta's texts may contain. */
function storable(text: string | null | undefined): string | null {
  return text?.replaceAll("\0", "\uFFFD") ?? null;
}

import { stoppedMarketingCode } from "./marketing-codes.ts";

/**
 * The rules for moves of a recipient's status, and the effect of each move on the broadcast's
 * counters, shared by every statement that moves recipients.
 */

/**
 * Returns SQL for the rank of a status, which may only rise. `delivered` proves more than `failed`,
 * and `failed` more than `sent`.
 */
export function statusRank(status: string): string {
  return `(case ${status}
    when 'pending' then 0 when 'sending' then 1 when 'unknown' then 2 when 'sent' then 3
    when 'failed' then 4 when 'delivered' then 5 when 'read' then 6 else 9 end)`;
}

// A broadcast reopens if recipients that counted as unknown or sent turn out not to be sent. One
// that was canceled stays canceled: its new pending recipients are canceled too.
const reopens = "(d.reopened > 0 and b.status in ('completed', 'failed'))";

/**
 * Common table expressions that apply the moves in `moved` (columns `broadcast_id`, `old_status`,
 * `new_status`) to the counters. Broadcasts are locked in the order of their ids, after all
 * recipients: every statement that moves rows locks in this order.
 */
export const countMovesSql = `
  delta as materialized (
    select broadcast_id,
      ${difference("in ('sent', 'delivered', 'read')")} as successful,
      ${difference("= 'failed'")} as failed,
      ${difference("in ('delivered', 'read')")} as delivered,
      ${difference("= 'read'")} as read,
      ${difference("= 'unknown'")} as unknown,
      ${difference("= 'skipped'")} as skipped,
      ${difference("= 'canceled'")} as canceled,
      count(*) filter (where new_status = 'pending') as reopened
    from moved
    where old_status <> new_status
    group by broadcast_id
  ),
  locked_broadcast as materialized (
    select b.id from whatsapp_broadcasts b
    where b.id in (select broadcast_id from delta)
    order by b.id
    for no key update
  ),
  counted as (
    update whatsapp_broadcasts b
    set successful_sends = b.successful_sends + d.successful,
        failed_sends = b.failed_sends + d.failed,
        delivered_count = b.delivered_count + d.delivered,
        read_count = b.read_count + d.read,
        unknown_count = b.unknown_count + d.unknown,
        skipped_count = b.skipped_count + d.skipped,
        canceled_count = b.canceled_count + d.canceled,
        status = case when ${reopens} then 'sending' else b.status end,
        completed_at = case when d.reopened = 0 then b.completed_at end,
        failed_at = case when not ${reopens} then b.failed_at end,
        failure_reason = case when not ${reopens} then b.failure_reason end
    from delta d, locked_broadcast l
    where b.id = d.broadcast_id and l.id = b.id
  )
`;

function difference(test: string): string {
  return `(count(*) filter (where new_status ${test})
    - count(*) filter (where old_status ${test}))::integer`;
}

/**
 * Common table expressions that opt out contacts who stopped this business's marketing according to
 * Meta. They read `contact_id`, `old_status`, `new_status` and `error_code` from `moved`. Contacts
 * are locked after everything else.
 */
export const optOutSql = `
  stopping as materialized (
    select c.id from contacts c
    where c.opted_out_at is null and c.id in (
      select contact_id from moved
      where error_code = '${stoppedMarketingCode}' and new_status = 'failed'
        and old_status <> new_status
    )
    order by c.id
    for no key update
  ),
  opted_out as (
    update contacts c
    set opted_out_at = now(), opt_out_source = 'meta_${stoppedMarketingCode}'
    from stopping s where c.id = s.id
  )
`;

import { stoppedMarketingCode } from "./marketing-codes.ts";

/**
 * The rule by which a recipient's status may move, and what each move does to the broadcast's
 * counters; shared by every statement that moves recipients.
 */

/** `delivered` proves more than `failed`, `failed` more than `sent`: only upwards counts. */
export function statusRank(status: string): string {
  return `(case ${status}
    when 'pending' then 0 when 'sending' then 1 when 'unknown' then 2 when 'sent' then 3
    when 'failed' then 4 when 'delivered' then 5 when 'read' then 6 else 9 end)`;
}

// Its last recipients were held for unknown or sent, and turn out to be still to be sent. One that
// was canceled stays so: its new pending ones are canceled too.
const reopens = "(d.reopened > 0 and b.status in ('completed', 'failed'))";

/**
 * Common table expressions and the final update that carry the moves in `moved` (columns
 * `broadcast_id`, `old_status`, `new_status`) over to the counters. Broadcasts are locked in
 * the order of their ids, after all recipients: everyone who moves rows locks in this order.
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
 * A common table expression that opts out whoever Meta says has stopped our marketing. Wants
 * `contact_id`, `new_status` and `error_code` in `moved`; contacts are locked after all else.
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

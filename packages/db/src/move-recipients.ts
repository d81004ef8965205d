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

/** SQL after a status: the person has the message, or Meta has accepted it at least. */
export const hasMessage = "in ('sent', 'delivered', 'read')";

/** Counters of a broadcast's recipients, each with the statuses that it counts. */
export const recipientCounters = {
  successful_sends: hasMessage,
  failed_sends: "= 'failed'",
  delivered_count: "in ('delivered', 'read')",
  read_count: "= 'read'",
  unknown_count: "= 'unknown'",
  skipped_count: "= 'skipped'",
  canceled_count: "= 'canceled'",
};
const names = Object.keys(recipientCounters).join(", ");

/**
 * Common table expressions that append the effect of the moves in `moved` (columns `broadcast_id`,
 * `old_status`, `new_status`) to the counters. No broadcast's row is changed, so that an old
 * snapshot, which keeps all of a row's versions, slows nothing down. fold-counts.ts adds them up.
 *
 * A broadcast that has ended reopens if a recipient becomes pending, except one that was being
 * sent: no broadcast ends before its outcome. It is locked after all recipients, in the order of ids, and its status is read from the locked row: the snapshot may be
 * older than an end that the lock waited for. One that was canceled stays canceled: its new pending
 * recipients are canceled too.
 */
export const countMovesSql = `
  counted as (
    insert into broadcast_count_deltas (broadcast_id, ${names})
    select broadcast_id, ${Object.values(recipientCounters).map(difference).join(",\n      ")}
    from moved
    where old_status <> new_status
    group by broadcast_id
  ),
  reopening as materialized (
    select b.id, b.status from whatsapp_broadcasts b
    where b.id in (select broadcast_id from moved
      where new_status = 'pending' and old_status not in ('pending', 'sending'))
    order by b.id
    for no key update
  ),
  reopened as (
    update whatsapp_broadcasts b
    set status = case when b.status = 'canceled' then b.status else 'sending' end,
        completed_at = null, failed_at = null, failure_reason = null
    from reopening o
    where b.id = o.id and o.status in ('completed', 'failed', 'canceled')
  )
`;

function difference(statuses: string): string {
  return `(count(*) filter (where new_status ${statuses})
    - count(*) filter (where old_status ${statuses}))::integer`;
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

import type pg from "pg";
import { cappedAttemptsMax, marketingCapCode } from "./marketing-codes.ts";
import { countMovesSql, optOutSql, statusRank } from "./move-recipients.ts";

/** One message status from a webhook. */
export interface StatusUpdate {
  /** Owner of the number; recipients of other organizations are never touched. */
  organizationId: string;
  /** Recipient id from the callback data; if null, the recipient is looked up by wamid. */
  recipientId: string | null;
  wamid: string;
  status: "sent" | "delivered" | "read" | "failed";
  at: Date;
  errorCode: string | null;
  errorTitle: string | null;
  errorDetails: string | null;
  /** Whether Meta charges for the message; null if it didn't say. */
  billable: boolean | null;
  pricingCategory: string | null;
}

/**
 * Returns SQL for whether a status belongs to its recipient. Another program may send from the same
 * number with similar callback data, so a recipient that was never claimed, or has another
 * message's wamid, doesn't match.
 */
function isOurs(matched: string, locked: string): string {
  return `${locked}.organization_id = ${matched}.organization_id and ${locked}.attempts > 0
    and (${matched}.wamid = coalesce(${locked}.known_wamid, ${matched}.wamid)
      or ${matched}.wamid = any(${locked}.retried_wamids))`;
}

// Several statuses of one recipient can arrive in one batch: the highest rank decides, and each
// sets its time. `read` can arrive before `delivered`: rank counts, not arrival. Later statuses of
// a message that failed and is being retried are ignored, except `delivered` and `read`.
const applySql = `
  with input as (
    select i.*, ${statusRank("i.status")} as rank from unnest(
      $1::integer[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::timestamptz[],
      $7::text[], $8::text[], $9::text[], $10::boolean[], $11::text[]
    ) as i(ordinal, organization_id, recipient_id, wamid, status, at,
      error_code, error_title, error_details, billable, pricing_category)
  ),
  by_wamid as (
    select i.ordinal, r.id
    from input i
    join whatsapp_broadcast_recipients r
      on r.wamid = i.wamid and r.organization_id = i.organization_id
    where i.recipient_id is null
  ),
  matched as materialized (
    select i.*, coalesce(i.recipient_id, w.id) as id
    from input i left join by_wamid w on w.ordinal = i.ordinal
    where i.recipient_id is not null or w.id is not null
  ),
  locked as materialized (
    select r.id, r.organization_id, r.broadcast_id, r.status as old_status, r.wamid as known_wamid,
      r.attempts, r.retried_wamids, b.marketing_cap
    from whatsapp_broadcast_recipients r
    join whatsapp_broadcasts b on b.id = r.broadcast_id
    where r.id in (select id from matched)
    order by r.id
    for no key update of r
  ),
  best as materialized (
    select l.id, l.broadcast_id, l.old_status, l.attempts, l.marketing_cap,
      (array_agg(m.status order by m.rank desc))[1] as status,
      max(m.rank) as rank,
      coalesce((array_agg(m.wamid order by m.rank desc)
        filter (where (m.wamid = any(l.retried_wamids)) is not true))[1], min(m.wamid)) as wamid,
      min(m.at) filter (where m.status = 'sent') as sent_at,
      min(m.at) filter (where m.status = 'delivered') as delivered_at,
      min(m.at) filter (where m.status = 'read') as read_at,
      min(m.at) filter (where m.status = 'failed') as failed_at,
      min(m.error_code) filter (where m.status = 'failed') as error_code,
      min(m.error_title) filter (where m.status = 'failed') as error_title,
      min(m.error_details) filter (where m.status = 'failed') as error_details,
      (array_agg(m.billable order by m.rank desc) filter (where m.billable is not null))[1] as billable,
      (array_agg(m.pricing_category order by m.rank desc)
        filter (where m.pricing_category is not null))[1] as pricing_category
    from locked l
    join matched m on m.id = l.id and ${isOurs("m", "l")}
    where l.old_status not in ('skipped', 'canceled')
      and ((m.wamid = any(l.retried_wamids)) is not true or m.status in ('delivered', 'read'))
    group by l.id, l.broadcast_id, l.old_status, l.attempts, l.marketing_cap, l.retried_wamids
  ),
  decided as materialized (
    select b.*, case
        when b.rank <= ${statusRank("b.old_status")} then b.old_status
        when b.status = 'failed' and b.error_code = '${marketingCapCode}'
          and b.marketing_cap = 'retry_after_24h' and b.attempts < ${cappedAttemptsMax} then 'pending'
        else b.status
      end as new_status
    from best b
  ),
  moved as (
    update whatsapp_broadcast_recipients r
    set status = d.new_status,
        wamid = case when d.new_status <> 'pending' then coalesce(r.wamid, d.wamid) end,
        retried_wamids = case when d.new_status = 'pending' then r.retried_wamids || d.wamid
          else r.retried_wamids end,
        attempt_id = case when d.new_status <> 'pending' then r.attempt_id end,
        -- A day and up to ten minutes: what was held back together need not come back together.
        next_attempt_at = case when d.new_status = 'pending'
          then now() + interval '24 hours' + random() * interval '10 minutes' end,
        sent_at = case when d.new_status <> 'pending' then coalesce(r.sent_at, d.sent_at) end,
        -- Meta's times are whole seconds: what came later must not read as earlier.
        delivered_at = coalesce(r.delivered_at,
          case when d.delivered_at is not null then greatest(d.delivered_at, r.sent_at) end),
        read_at = coalesce(r.read_at,
          case when d.read_at is not null then greatest(d.read_at, r.sent_at) end),
        billable = coalesce(d.billable, r.billable),
        pricing_category = coalesce(d.pricing_category, r.pricing_category),
        failed_at = case when d.new_status = 'failed' then coalesce(r.failed_at, d.failed_at) end,
        error_code = case when d.new_status in ('failed', 'pending') then coalesce(d.error_code, r.error_code) end,
        error_title = case when d.new_status in ('failed', 'pending') then coalesce(d.error_title, r.error_title) end,
        error_details = case when d.new_status in ('failed', 'pending') then coalesce(d.error_details, r.error_details) end
    from decided d
    where r.id = d.id and (d.new_status <> d.old_status or d.new_status = 'pending'
      or (d.sent_at is not null and r.sent_at is null)
      or (d.delivered_at is not null and r.delivered_at is null)
      or (d.read_at is not null and r.read_at is null)
      or d.billable <> r.billable or d.pricing_category <> r.pricing_category
      or (d.billable is not null and r.billable is null)
      or (d.pricing_category is not null and r.pricing_category is null))
    returning d.broadcast_id, d.old_status, d.new_status, r.contact_id, r.error_code
  ),
  ${optOutSql},
  ${countMovesSql}
  select i.ordinal
  from input i
  where not exists (
    select from matched m join locked l on l.id = m.id and ${isOurs("m", "l")}
    where m.ordinal = i.ordinal
  )
`;

/**
 * Applies statuses to recipients and counters in one committed statement. Repeats and any order
 * give the same result. Returns the updates that match no recipient of their organization.
 */
export async function applyStatuses(
  pool: pg.Pool,
  updates: readonly StatusUpdate[],
): Promise<{ unmatched: StatusUpdate[] }> {
  const result = await pool.query<{ ordinal: number }>({
    name: "apply-statuses",
    text: applySql,
    values: [
      updates.map((_, index) => index),
      updates.map((u) => u.organizationId),
      updates.map((u) => u.recipientId),
      updates.map((u) => u.wamid),
      updates.map((u) => u.status),
      updates.map((u) => u.at),
      updates.map((u) => u.errorCode),
      updates.map((u) => u.errorTitle),
      updates.map((u) => u.errorDetails),
      updates.map((u) => u.billable),
      updates.map((u) => u.pricingCategory),
    ],
  });
  return {
    unmatched: result.rows
      .map((row) => updates[row.ordinal])
      .filter((update) => update !== undefined),
  };
}

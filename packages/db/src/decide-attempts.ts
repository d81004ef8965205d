import { cappedAttemptsMax, marketingCapCode } from "./marketing-codes.ts";
import { hasMessage, statusRank } from "./move-recipients.ts";

/** Where news of attempts comes from: a dispatcher's settlements or Meta's statuses. */
export type EvidenceSource = "settlement" | "status";

/**
 * Returns common table expressions that lock the recipients in the table `of` (column `id`), in the
 * order of ids, and read their replaced attempts. Of a recipient who was merged into another one,
 * that one is locked too, since a message of the former means that the person has it.
 */
export function lockAttemptsSql(of: string): string {
  return `
  locked as materialized (
    select r.id, r.organization_id, r.broadcast_id, r.status as old_status, r.attempt_id, r.wamid,
      r.attempts, r.sent_at, r.delivered_at, r.read_at, r.merged_into
    from whatsapp_broadcast_recipients r
    where r.id = any(array(
      select id from ${of}
      union all
      select m.merged_into from whatsapp_broadcast_recipients m
      where m.merged_into is not null and m.id in (select id from ${of})))
    order by r.id
    for no key update
  ),
  archive as materialized (
    select a.* from attempts_of_recipients(array(select id from locked)) a
  )`;
}

/** Meta's marketing cap refused the current attempt, and the broadcast retries it a day later. */
const isCapped = `coalesce(e.status = 'failed' and e.error_code = '${marketingCapCode}'
  and l.attempts < ${cappedAttemptsMax} and ${statusRank("l.old_status")} < ${statusRank("e.status")}
  and (select b.marketing_cap from whatsapp_broadcasts b where b.id = l.broadcast_id)
    = 'retry_after_24h', false)`;

/** The status of a current attempt of `l` after the news `e`, by rank. */
export const ownStatusSql = `case
        when e.status = 'pending' and l.old_status in ('sending', 'unknown') then 'pending'
        when ${statusRank("e.status")} > ${statusRank("l.old_status")} and e.id is not null
          then e.status
        else l.old_status end`;

/**
 * Common table expressions that decide each recipient in `locked` by `evidence`: `others` is what is
 * known of each attempt that isn't current, `decided` the recipients. `own_status` is the current
 * attempt's, `proven_…` another attempt that proves more.
 */
export function decideAttemptsSql(source: EvidenceSource): string {
  return `
  others as materialized (
    select coalesce(e.id, a.recipient_id) as id, coalesce(e.attempt_id, a.attempt_id) as attempt_id,
      case when e.id is null or ${statusRank("a.status")} >= ${statusRank("e.status")}
          and a.status is not null
        then a.status else e.status end as status,
      coalesce(a.wamid, e.wamid) as wamid, coalesce(a.sent_at, e.sent_at) as sent_at,
      coalesce(a.delivered_at, e.delivered_at) as delivered_at,
      coalesce(a.read_at, e.read_at) as read_at, e.billable, e.pricing_category,
      e.status as told, a.status as recorded, num_nonnulls(a.wamid, a.sent_at, a.delivered_at,
        a.read_at) as facts_recorded
    from (select e.* from evidence e join locked l on l.id = e.id
      where e.attempt_id is distinct from l.attempt_id) e
    full join (select a.* from archive a join locked l on l.id = a.recipient_id
      where a.attempt_id is distinct from l.attempt_id) a
    on a.recipient_id = e.id and a.attempt_id = e.attempt_id
  ),
  proven as materialized (
    select distinct on (id) * from others where status ${hasMessage}
    order by id, ${statusRank("status")} desc, attempt_id
  ),
  own as (
    select l.*, e.status as told, e.wamid as told_wamid, e.error_code, e.error_title,
      e.error_details, e.delay_ms, e.attempts_back, e.failed_at, e.billable, e.pricing_category,
      e.sent_at as told_sent_at, e.delivered_at as told_delivered_at, e.read_at as told_read_at,
      ${source === "status" ? isCapped : "false"} as is_capped,
      ${ownStatusSql} as own_status
    from locked l left join evidence e on e.id = l.id and e.attempt_id = l.attempt_id
  ),
  decided as materialized (
    select o.*, p.attempt_id as proven_attempt, p.wamid as proven_wamid,
      p.sent_at as proven_sent_at, p.delivered_at as proven_delivered_at,
      p.read_at as proven_read_at, p.billable as proven_billable,
      p.pricing_category as proven_category,
      case when p.id is not null then p.status when o.is_capped then 'pending'
        else o.own_status end as new_status
    from own o left join proven p on p.id = o.id
      and (not o.own_status ${hasMessage} or ${statusRank("p.status")} > ${statusRank("o.own_status")})
  )`;
}

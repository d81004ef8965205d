import { ownStatusSql, type EvidenceSource } from "./decide-attempts.ts";
import { marketingCapCode } from "./marketing-codes.ts";
import { moveSql } from "./move-attempts.ts";
import { countMovesSql, optOutSql } from "./move-recipients.ts";

/**
 * Common table expressions that do what moveAttemptsSql does, for `usual` recipients only, at half of
 * its cost: their current attempt is told of, and no other one can take its place. A replaced attempt
 * never proves more than the current one, so it matters only when a sent message fails. A settlement
 * doesn't wait for a recipient that another transaction has locked. The rest of
 * `evidence` isn't in `usual`, and must be moved by moveAttemptsSql.
 */
export function moveUsualSql(source: EvidenceSource): string {
  const isSame =
    source === "status"
      ? "and e.organization_id = l.organization_id and e.wamid = coalesce(l.wamid, e.wamid)"
      : "";
  const isOurs = source === "settlement" ? `and ${ownStatusSql} = 'sent'` : "";
  return `
  locked as materialized (
    select r.id, r.organization_id, r.broadcast_id, r.status as old_status, r.attempt_id, r.wamid,
      r.merged_into
    from whatsapp_broadcast_recipients r
    where r.id = any(array(select id from evidence))
    order by r.id
    for no key update ${source === "settlement" ? "skip locked" : ""}
  ),
  usual as materialized (
    select l.broadcast_id, l.old_status, e.*, ${ownStatusSql} as new_status,
      case when e.sent_at is not null ${isOurs} then e.sent_at end as known_sent_at
    from locked l
    join evidence e on e.id = l.id and e.attempt_id = l.attempt_id ${isSame}
    where l.merged_into is null and (e.status <> 'failed'
      or l.old_status <> 'sent' and e.error_code is distinct from '${marketingCapCode}')
  ),
  final as (
    select id, broadcast_id, old_status, new_status, false as is_capped, delay_ms, attempts_back,
      failed_at, error_code, error_title, error_details, false as is_proven, false as has_it,
      null::uuid as proven_attempt, null::text as proven_wamid, wamid as told_wamid,
      known_sent_at as sent_at, delivered_at, read_at, billable, pricing_category
    from usual
  ),
  ${moveSql},
  ${optOutSql},
  ${countMovesSql}`;
}

import type { OwnRecipientCode } from "@loudhailer/contracts/recipient-codes.ts";
import { decideAttemptsSql, type EvidenceSource } from "./decide-attempts.ts";
import { countMovesSql, hasMessage, optOutSql } from "./move-recipients.ts";

const mergedContact: OwnRecipientCode = "merged_contact";

/**
 * Common table expressions that move the recipients in `locked` by what is known of their attempts
 * in `evidence`, which has at most one row for each recipient and attempt.
 *
 * - The status of an attempt rises by rank, whether the attempt is its recipient's current one or a
 *   replaced one. One that is neither was lost by a failover, and is stored again.
 * - An attempt that has reached the person becomes the current one if it proves more than that. So
 *   it settles its recipient, whatever the recipient's status is.
 * - Nothing more is sent to a recipient whose merged row shows that the person has the message.
 *
 * A repeat changes nothing, and any order gives the same statuses.
 */
export function moveAttemptsSql(source: EvidenceSource): string {
  return [
    decideAttemptsSql(source),
    archiveSql,
    finalSql(source),
    moveSql,
    optOutSql,
    countMovesSql,
  ].join(",\n");
}

/**
 * A select of one row (`ordinal`, `mustRepeat`) if a contact was merged while the statement waited:
 * the person's other recipient isn't locked then, and the statement must run again.
 */
export const mustRepeatSql = `
  select null::integer as ordinal, true as "mustRepeat"
  where exists (select from person_has_it where id not in (select id from locked))
`;

// A replaced attempt that certainly wasn't sent, according to its dispatcher, is forgotten. What was
// stored while the statement waited isn't deleted: a record of the current attempt has no effect.
const archiveSql = `
  archived as (
    insert into recipient_attempts as a (recipient_id, attempt_id, organization_id, broadcast_id,
      wamid, status, sent_at, delivered_at, read_at)
    select id, attempt_id, organization_id, broadcast_id, coalesce(wamid, told_wamid),
      case own_status when 'sending' then 'unknown' else own_status end,
      coalesce(sent_at, told_sent_at), coalesce(delivered_at, told_delivered_at),
      coalesce(read_at, told_read_at)
    from decided
    where attempt_id is not null and (proven_attempt is not null or is_capped)
      and own_status not in ('pending', 'skipped', 'canceled')
    union all
    select o.id, o.attempt_id, d.organization_id, d.broadcast_id, o.wamid, o.status, o.sent_at,
      o.delivered_at, o.read_at
    from others o join decided d on d.id = o.id
    where o.told <> 'pending' and o.attempt_id is distinct from d.proven_attempt
      and (o.status is distinct from o.recorded
        or num_nonnulls(o.wamid, o.sent_at, o.delivered_at, o.read_at) > o.facts_recorded)
    on conflict (recipient_id, attempt_id) do update
    set wamid = excluded.wamid, status = excluded.status, sent_at = excluded.sent_at,
      delivered_at = excluded.delivered_at, read_at = excluded.read_at
  ),
  unarchived as (
    delete from recipient_attempts a
    using (
      select id, proven_attempt as attempt_id from decided where proven_attempt is not null
      union all
      select id, attempt_id from others where told = 'pending' and recorded = 'unknown'
    ) gone
    where a.recipient_id = gone.id and a.attempt_id = gone.attempt_id
  )`;

/** A settlement's moment is our own, and counts only if Meta hasn't said more already. */
function finalSql(source: EvidenceSource): string {
  const isOurs = source === "settlement" ? "and d.own_status = 'sent'" : "";
  return `
  person_has_it as materialized (
    select distinct merged_into as id from decided
    where merged_into is not null and new_status ${hasMessage}
  ),
  final as (
    select d.id, d.broadcast_id, d.old_status, d.new_status, d.is_capped, d.told, d.delay_ms,
      d.attempts_back, d.failed_at, d.error_code, d.error_title, d.error_details,
      d.proven_attempt is not null as is_proven, h.id is not null as has_it,
      d.proven_attempt, d.proven_wamid, d.told_wamid,
      case when d.proven_attempt is not null then d.proven_sent_at
        when d.told_sent_at is not null ${isOurs} then d.told_sent_at end as sent_at,
      case when d.proven_attempt is not null then d.proven_delivered_at
        else d.told_delivered_at end as delivered_at,
      case when d.proven_attempt is not null then d.proven_read_at else d.told_read_at end as read_at,
      coalesce(d.proven_billable, d.billable) as billable,
      coalesce(d.proven_category, d.pricing_category) as pricing_category
    from decided d left join person_has_it h on h.id = d.id
  )`;
}

/** A known value of the same attempt stays; another attempt brings its own. */
function valueOf(column: string, known = `f.${column}`): string {
  return `case when f.is_proven then ${known} when f.new_status <> 'pending'
          then coalesce(r.${column}, ${known}) end`;
}

// Meta's times are whole seconds: what came later must not read as earlier.
function laterThanSent(column: string): string {
  const sentAt = "case when f.is_proven then f.sent_at else r.sent_at end";
  return valueOf(
    column,
    `case when f.${column} is not null then greatest(f.${column}, ${sentAt}) end`,
  );
}

function errorOf(column: string, ifMerged: string): string {
  return `case when f.has_it and f.new_status = 'pending' then ${ifMerged}
          when f.is_proven then null
          when f.new_status = f.old_status then r.${column}
          when f.new_status = 'failed' or f.is_capped then coalesce(f.${column}, r.${column})
          else f.${column} end`;
}

/**
 * A common table expression that moves recipients to the state in `final`. Without its phone number,
 * a recipient is neither claimed nor retried.
 */
export const moveSql = `
  moved as (
    update whatsapp_broadcast_recipients r
    set status = case when f.has_it and f.new_status = 'pending' then 'skipped' else f.new_status end,
        phone = case when f.has_it then '' else r.phone end,
        variables = case when f.has_it then '[]' else r.variables end,
        attempt_id = ${valueOf("attempt_id", "f.proven_attempt")},
        wamid = case when f.is_proven then f.proven_wamid
          when f.new_status <> 'pending' then coalesce(r.wamid, f.told_wamid) end,
        attempts = case when f.is_proven then greatest(r.attempts, 1)
          when f.new_status <> f.old_status then r.attempts - coalesce(f.attempts_back, 0)
          else r.attempts end,
        next_attempt_at = case
          when f.new_status = 'sending' or f.new_status = f.old_status and not f.has_it
            then r.next_attempt_at
          when f.new_status <> 'pending' or f.has_it then null
          -- A day and up to ten minutes: what was held back together need not come back together.
          when f.is_capped then now() + interval '24 hours' + random() * interval '10 minutes'
          else now() + f.delay_ms * interval '1 millisecond' end,
        sent_at = ${valueOf("sent_at")},
        delivered_at = ${laterThanSent("delivered_at")},
        read_at = ${laterThanSent("read_at")},
        billable = coalesce(f.billable, r.billable),
        pricing_category = coalesce(f.pricing_category, r.pricing_category),
        failed_at = case when f.new_status = 'failed' then coalesce(r.failed_at, f.failed_at) end,
        error_code = ${errorOf("error_code", `'${mergedContact}'`)},
        error_title = ${errorOf("error_title", "'The same person is in the broadcast with another number'")},
        error_details = ${errorOf("error_details", "null")}
    from final f
    where r.id = f.id and (f.new_status <> f.old_status or f.is_proven or f.has_it and r.phone <> ''
      or (f.told_wamid is not null and r.wamid is null)
      or (f.sent_at is not null and r.sent_at is null)
      or (f.delivered_at is not null and r.delivered_at is null)
      or (f.read_at is not null and r.read_at is null)
      or f.billable is not null and f.billable is distinct from r.billable
      or f.pricing_category is not null and f.pricing_category is distinct from r.pricing_category)
    returning r.broadcast_id, f.old_status, r.status as new_status, r.contact_id, r.error_code
  )`;

import type pg from "pg";
import { lockAttemptsSql } from "./decide-attempts.ts";
import { moveAttemptsSql, mustRepeatSql } from "./move-attempts.ts";
import { statusRank } from "./move-recipients.ts";
import { moveUsualSql } from "./move-usual.ts";

/** An attempt as a message's callback data names it. */
export interface NamedAttempt {
  installationId: string;
  recipientId: string;
  attemptId: string;
}

/** One message status from a webhook. */
export interface StatusUpdate {
  /** Owner of the number; recipients of other organizations are never touched. */
  organizationId: string;
  /**
   * Attempt that the callback data names. If it is null or another installation's, the attempt is
   * looked up by wamid.
   */
  attempt: NamedAttempt | null;
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

const inputSql = `
  input as (
    select i.*, coalesce(i.installation_id = (select id from installation), false) as is_named,
      ${statusRank("i.status")} as rank
    from unnest(
      $1::integer[], $2::uuid[], $3::uuid[], $4::bigint[], $5::uuid[], $6::text[], $7::text[],
      $8::timestamptz[], $9::text[], $10::text[], $11::text[], $12::boolean[], $13::text[]
    ) as i(ordinal, organization_id, installation_id, id, attempt_id, wamid, status, at,
      error_code, error_title, error_details, billable, pricing_category)
  )`;

// Several statuses of one attempt can arrive in one batch: the highest rank decides, and each sets
// its time. `read` can arrive before `delivered`: rank counts, not arrival.
const newsSql = `(array_agg(status order by rank desc))[1] as status,
      min(wamid) as wamid,
      min(at) filter (where status = 'sent') as sent_at,
      min(at) filter (where status = 'delivered') as delivered_at,
      min(at) filter (where status = 'read') as read_at,
      min(at) filter (where status = 'failed') as failed_at,
      min(error_code) filter (where status = 'failed') as error_code,
      min(error_title) filter (where status = 'failed') as error_title,
      min(error_details) filter (where status = 'failed') as error_details,
      (array_agg(billable order by rank desc) filter (where billable is not null))[1] as billable,
      (array_agg(pricing_category order by rank desc)
        filter (where pricing_category is not null))[1] as pricing_category,
      null::integer as delay_ms, null::smallint as attempts_back`;

const usualSql = `
  with ${inputSql},
  evidence as materialized (
    select id, attempt_id, organization_id, ${newsSql}
    from input
    where is_named
    group by id, attempt_id, organization_id
    having min(wamid) = max(wamid)
  ),
  ${moveUsualSql("status")}
  select i.ordinal from input i
  where not is_named or not exists (
    select from usual u
    where u.id = i.id and u.attempt_id = i.attempt_id and u.organization_id = i.organization_id
  )
`;

const anySql = `
  with ${inputSql},
  by_wamid as (
    select i.ordinal, r.id, r.attempt_id
    from input i
    join whatsapp_broadcast_recipients r
      on r.wamid = i.wamid and r.organization_id = i.organization_id
    where not i.is_named and r.attempt_id is not null
    union
    select i.ordinal, a.recipient_id, a.attempt_id
    from input i
    join recipient_attempts a on a.wamid = i.wamid and a.organization_id = i.organization_id
    where not i.is_named
  ),
  named as (
    select ordinal, id, attempt_id from input where is_named
    union all
    select ordinal, id, attempt_id from by_wamid
  ),
  told as materialized (
    select n.id, n.attempt_id, i.ordinal, i.organization_id, i.wamid, i.status, i.at, i.error_code,
      i.error_title, i.error_details, i.billable, i.pricing_category, i.rank
    from named n join input i on i.ordinal = n.ordinal
  ),
  ${lockAttemptsSql("told")},
  matched as materialized (
    select t.* from told t
    join locked l on l.id = t.id and l.organization_id = t.organization_id
    left join archive a on a.recipient_id = t.id and a.attempt_id = t.attempt_id
    -- A message with another wamid than the attempt's is another program's.
    where t.wamid = coalesce(
      case when t.attempt_id = l.attempt_id then l.wamid else a.wamid end, t.wamid)
  ),
  evidence as materialized (
    select id, attempt_id, ${newsSql} from matched group by id, attempt_id
  ),
  ${moveAttemptsSql("status")}
  select i.ordinal, false as "mustRepeat"
  from input i
  where not exists (select from matched m where m.ordinal = i.ordinal)
  union all
  ${mustRepeatSql}
`;

/**
 * Applies statuses to attempts, recipients, and counters together, in one committed statement or, if
 * some concern an attempt that isn't current, in two. Repeats and any order give the same result.
 * Returns the updates that match no recipient of their organization.
 */
export async function applyStatuses(
  pool: pg.Pool,
  updates: readonly StatusUpdate[],
): Promise<{ unmatched: StatusUpdate[] }> {
  const usual = { name: "apply-statuses", text: usualSql, values: valuesOf(updates) };
  const { rows } = await pool.query<{ ordinal: number }>(usual);
  const rest = rows.map(({ ordinal }) => updates[ordinal]).filter((each) => each !== undefined);
  return { unmatched: rest.length === 0 ? [] : await applyToAny(pool, rest) };
}

async function applyToAny(
  pool: pg.Pool,
  updates: readonly StatusUpdate[],
): Promise<StatusUpdate[]> {
  const any = { name: "apply-any-statuses", text: anySql, values: valuesOf(updates) };
  const { rows } = await pool.query<{ ordinal: number; mustRepeat: boolean }>(any);
  if (rows.some(({ mustRepeat }) => mustRepeat)) return applyToAny(pool, updates);
  return rows.map(({ ordinal }) => updates[ordinal]).filter((update) => update !== undefined);
}

function valuesOf(updates: readonly StatusUpdate[]): unknown[] {
  return [
    updates.map((_, index) => index),
    updates.map((u) => u.organizationId),
    updates.map((u) => u.attempt?.installationId),
    updates.map((u) => u.attempt?.recipientId),
    updates.map((u) => u.attempt?.attemptId),
    updates.map((u) => u.wamid),
    updates.map((u) => u.status),
    updates.map((u) => u.at),
    updates.map((u) => u.errorCode),
    updates.map((u) => u.errorTitle),
    updates.map((u) => u.errorDetails),
    updates.map((u) => u.billable),
    updates.map((u) => u.pricingCategory),
  ];
}

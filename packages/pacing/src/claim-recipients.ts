import type { OwnRecipientCode } from "@loudhailer/contracts/recipient-codes.ts";
import { countMovesSql } from "@loudhailer/db/move-recipients.ts";
import type pg from "pg";
import { positionSql, timelineSql, type HistoryPoint } from "./database-history.ts";
import { leaseEndSql } from "./number-leases.ts";

/** A recipient and the id of its attempt. */
export interface Attempt {
  recipientId: string;
  attemptId: string;
}

/** A claimed recipient. Its message, settlement, and statuses name the attempt. */
export interface ClaimedRecipient {
  id: string;
  /** Id of this attempt; the recipient's next attempt has another one. */
  attemptId: string;
  organizationId: string;
  broadcastId: string;
  /** Changes with the broadcast's template or variables. */
  contentVersion: number;
  phone: string;
  /** Values of the compiled template's fields, in its order. */
  variables: (string | null)[];
  /** Attempts including this one: 1 on the first. */
  attempts: number;
}

export interface Claim {
  /** Recipients, each with a new attempt id, so that the claim can be released unanswered. */
  attempts: readonly Attempt[];
  phoneNumberId: string;
  dispatcherId: string;
  /** Epoch of the caller's lease. */
  epoch: string;
  /** What the caller has seen of the database's history; null if nothing yet. */
  seen: HistoryPoint | null;
}

export interface Claims {
  claimed: ClaimedRecipient[];
  /**
   * Recipients to claim again a little later, because another transaction had locked them or their
   * broadcast. All others are another attempt's, paused, not due, opted out, or done.
   */
  busy: ReadonlySet<string>;
  /** Whether the caller owns the number and the database has all that it had seen. */
  isOwner: boolean;
  history: HistoryPoint;
}

const contactDeleted: OwnRecipientCode = "contact_deleted";
const optedOut: OwnRecipientCode = "opted_out";

// Never waits for a lock, so that everything is read in one snapshot that isn't old: a pause, an
// opt-out, or a cancellation that was answered before it is obeyed. A broadcast that is being
// changed can't be locked, and a change of one that is locked waits for this claim's commit. The
// lock of the lease's key makes a change of its epoch wait, so that no claim is committed after it
// was released.
// Recipients whose contact opted out or was deleted since launch are skipped here, at the last
// moment before the message.
// A recipient that is tried again has a moment that never comes until it is settled: sweeps find it
// by that, and not those that wait. So has one after the cursor of the feeding, which stays before
// the first recipient who must wait for the messaging limit. Sweeps find the others by the cursors.
const claimSql = `
  with history as materialized (
    select ${timelineSql} as timeline, ${positionSql} as position
  ),
  lease as materialized (
    select l.phone_number_id from number_leases l
    left join dispatchers d on d.id = l.dispatcher_id
    cross join history h
    where l.phone_number_id = $3 and l.dispatcher_id = $4 and l.epoch = $5
      and ${leaseEndSql} > clock_timestamp()
      and h.timeline = coalesce($6::text, h.timeline) and h.position >= coalesce($7::float8, 0)
    for key share of l skip locked
  ),
  wanted as materialized (
    select r.id, w.attempt_id, r.broadcast_id
    from unnest($1::bigint[], $2::uuid[]) as w(id, attempt_id)
    join whatsapp_broadcast_recipients r on r.id = w.id
    where r.status = 'pending' and (r.next_attempt_at is null or r.next_attempt_at <= now())
      and exists (select from lease)
  ),
  broadcast as materialized (
    select b.id, b.content_version, b.feed_cursor from whatsapp_broadcasts b
    join whatsapp_providers p on p.id = b.provider_id
    where b.id in (select broadcast_id from wanted) and b.status = 'sending'
      and p.phone_number_id = $3 and p.moved_at is null
    for share of b skip locked
  ),
  candidate as materialized (
    select r.id, w.attempt_id, b.content_version, b.feed_cursor, case when r.phone = '' then '${contactDeleted}'
      when c.opted_out_at is not null then '${optedOut}' end as unwanted
    from wanted w
    join broadcast b on b.id = w.broadcast_id
    join whatsapp_broadcast_recipients r on r.id = w.id
    left join contacts c on c.id = r.contact_id
    where r.status = 'pending' and (r.next_attempt_at is null or r.next_attempt_at <= now())
    for no key update of r skip locked
  ),
  claimed as (
    update whatsapp_broadcast_recipients r
    set status = 'sending', attempts = r.attempts + 1, claimed_at = now(), claimed_by = $4,
        attempt_id = c.attempt_id,
        next_attempt_at = case when r.next_attempt_at is not null or r.id > c.feed_cursor
          then 'infinity'::timestamptz end
    from candidate c
    where r.id = c.id and c.unwanted is null
    returning r.id, r.attempt_id as "attemptId", r.organization_id as "organizationId",
      r.broadcast_id as "broadcastId", c.content_version as "contentVersion", r.phone, r.variables,
      r.attempts
  ),
  moved as (
    update whatsapp_broadcast_recipients r
    set status = 'skipped', next_attempt_at = null, error_code = c.unwanted,
        error_title = case c.unwanted when '${optedOut}'
          then 'The contact opted out after the launch' else 'The contact was deleted' end
    from candidate c
    where r.id = c.id and c.unwanted is not null
    returning r.broadcast_id, 'pending' as old_status, r.status as new_status
  ),
  ${countMovesSql},
  busy as (
    select w.id from wanted w
    join whatsapp_broadcasts b on b.id = w.broadcast_id
    where b.status = 'sending' and w.id not in (select id from candidate)
  )
  select h.timeline, h.position, exists (select from lease) as "isOwner", c.*,
    null::bigint as "busyId"
  from history h left join claimed c on true
  union all
  select h.timeline, h.position, true, null, null, null, null, null, null, null, null, b.id
  from history h, busy b
`;

type ClaimRow = HistoryPoint & { isOwner: boolean; busyId: string | null } & {
  [K in keyof ClaimedRecipient]: ClaimedRecipient[K] | null;
};

/**
 * Claims the recipients that are pending, due, and in a sending broadcast of the number, if the
 * caller owns the number. A recipient goes to one caller only, until it is put back to pending.
 */
export async function claimRecipients(pool: pg.Pool, claim: Claim): Promise<Claims> {
  const { attempts, seen } = claim;
  const { rows } = await pool.query<ClaimRow>({
    name: "claim-recipients",
    text: claimSql,
    values: [
      attempts.map(({ recipientId }) => recipientId),
      attempts.map(({ attemptId }) => attemptId),
      claim.phoneNumberId,
      claim.dispatcherId,
      claim.epoch,
      seen?.timeline ?? null,
      seen?.position ?? null,
    ],
  });
  const [first] = rows;
  if (!first) throw new Error("a claim has no answer");
  return {
    claimed: rows.filter((row): row is ClaimRow & ClaimedRecipient => row.id !== null),
    busy: new Set(rows.flatMap(({ busyId }) => busyId ?? [])),
    isOwner: first.isOwner,
    history: { timeline: first.timeline, position: first.position },
  };
}

const releaseSql = `
  update whatsapp_broadcast_recipients r
  set status = 'pending', attempts = r.attempts - 1, attempt_id = null, next_attempt_at = now()
  from (
    select r.id from whatsapp_broadcast_recipients r
    join unnest($1::bigint[], $2::uuid[]) as w(id, attempt_id)
      on w.id = r.id and w.attempt_id = r.attempt_id
    where r.status = 'sending'
    order by r.id
    for no key update of r
  ) lost
  where r.id = lost.id
`;

/**
 * Releases a claim whose answer was lost, whether it was committed or not. The caller must have
 * changed the epoch of its lease (`fenceClaims`), so that the claim isn't committed later.
 */
export async function releaseClaim(pool: pg.Pool, attempts: readonly Attempt[]): Promise<void> {
  await pool.query({
    name: "release-claim",
    text: releaseSql,
    values: [
      attempts.map(({ recipientId }) => recipientId),
      attempts.map(({ attemptId }) => attemptId),
    ],
  });
}

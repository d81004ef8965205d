import type { OwnRecipientCode } from "@loudhailer/contracts/recipient-codes.ts";
import { countMovesSql } from "@loudhailer/db/move-recipients.ts";
import type pg from "pg";
import { nextSlotSql, slotLeadMs, slotRateSql, type Slot } from "./slots.ts";

/** A claimed recipient with the slot of its message. */
export interface ClaimedRecipient extends Slot {
  id: string;
  /** Id of this attempt; the recipient's next attempt has another one. */
  attemptId: string;
  organizationId: string;
  broadcastId: string;
  phone: string;
  /** Values of the compiled template's fields, in its order. */
  variables: (string | null)[];
  /** Attempts including this one: 1 on the first. */
  attempts: number;
  messagesPerSecond: number;
}

/** A recipient and the id of its attempt. */
export interface Attempt {
  recipientId: string;
  attemptId: string;
}

export interface Claims {
  claimed: ClaimedRecipient[];
  /**
   * True if the number has no further slot within the horizon: the caller must claim the ids that
   * are not in `claimed` again a little later. Otherwise those are another dispatcher's, paused,
   * not due, opted out or done.
   */
  isFull: boolean;
  /**
   * Milliseconds until the number has a slot within the horizon; 0 or less if it has one now. Null
   * if there is no such number or dispatcher.
   */
  roomInMs: number | null;
  /** Milliseconds from one of the number's slots to the next; null like `roomInMs`. */
  slotMs: number | null;
  /** Registered dispatchers, including the caller. */
  dispatchers: number;
  /** Dispatchers that may claim; one that joins a lone dispatcher may not yet. */
  claimants: number;
  /** The database's time after the claim, in milliseconds since the epoch. */
  nowMs: number;
}

const contactDeleted: OwnRecipientCode = "contact_deleted";
const optedOut: OwnRecipientCode = "opted_out";

const loneSlotLeadMs = 20;
/** Lead of a starting number's first slot: with less, the next claims would find slots too near. */
const freshSlotLeadMs = 200;
/**
 * Maximum lead of a slot, so that a pause, a new rate or a crash affects few recipients: those that
 * are claimed and not yet sent when a dispatcher is killed end as unknown. A lone dispatcher
 * catches up, so it needs less lead.
 */
const horizonMs = 250;
const loneHorizonMs = 120;
/**
 * Maximum delay after which a lone dispatcher may catch up on slots that were not taken: it counts
 * itself how many messages left in the last second (pacer.ts). Several dispatchers
 * have no common count, so such slots are lost. After a longer delay the number starts over.
 */
const catchUpMs = 300;
/**
 * Time during which a dispatcher that joins a lone one claims nothing. The lone one notices it at
 * its next claim and stops catching up. A second later, no message that it caught up with is
 * counted any more.
 */
export const joiningMs = 1_500;

// A number's messages leave in slots of 1/rate, which every claim of every replica takes from
// `next_slot_at`: the rate is exact for all of them together, by one clock. The number's row is
// locked first, then recipients in id order, so that claims can't deadlock. A recipient that
// another transaction has moved meanwhile is read again after the wait and no longer matches.
// A number that has no slot within the horizon by a read beforehand isn't locked: a lock is a
// write, and waits for the disk.
// Recipients whose contact opted out or was deleted since launch are skipped here, at the last
// moment before the message.
// A recipient that is tried again keeps its moment until it is settled: sweeps find it by that.
// Only a registered dispatcher may claim, since the death of any other would go unnoticed.
const claimSql = `
  with registered as materialized (
    select count(*) as count, count(*) = 1 and $5 as is_lone, bool_or(id = $3) as knows_us,
      count(*) filter (where not is_new) = 1 as is_joined,
      max(started_at) filter (where id = $3 and is_new) + interval '${joiningMs} ms' as claims_from
    from dispatchers, lateral (select started_at > now() - interval '${joiningMs} ms' as is_new) n
  ),
  outlook as materialized (
    select p.id, ${slotRateSql("p.current_messages_per_second", "d.is_lone")} as rate,
      case when d.is_lone then ${loneHorizonMs} else ${horizonMs} end * interval '1 ms' as horizon,
      greatest(${nextSlotSql("p.next_slot_at")}, p.held_until) as next_slot,
      case when d.is_joined then d.claims_from end as claims_from
    from whatsapp_providers p, registered d
    where p.phone_number_id = $2 and p.moved_at is null and d.knows_us
  ),
  number as materialized (
    select p.id, p.current_messages_per_second, o.horizon,
      ${slotRateSql("p.current_messages_per_second", "d.is_lone")} as rate,
      greatest(${nextSlotSql("p.next_slot_at")}, p.held_until, clock_timestamp() + interval '1 ms' * case
        when ${nextSlotSql("p.next_slot_at")} >= clock_timestamp() - interval '${catchUpMs} ms'
          then case when not d.is_lone then ${slotLeadMs} end
        else case when d.is_lone then ${loneSlotLeadMs} else ${freshSlotLeadMs} end end) as first_slot
    from whatsapp_providers p, outlook o, registered d
    where p.id = o.id and o.claims_from is null
      and coalesce(o.next_slot <= clock_timestamp() + o.horizon, true)
    for no key update of p
  ),
  room as materialized (
    select n.*, greatest(0, ceil(rate *
      extract(epoch from clock_timestamp() + horizon - first_slot)))::bigint as slots
    from number n
  ),
  candidate as materialized (
    select r.id, case when r.phone = '' then '${contactDeleted}'
      when c.opted_out_at is not null then '${optedOut}' end as unwanted
    from whatsapp_broadcast_recipients r
    join whatsapp_broadcasts b on b.id = r.broadcast_id
    join number n on n.id = b.provider_id
    left join contacts c on c.id = r.contact_id
    where r.id = any($1::bigint[])
      and r.status = 'pending'
      and (r.next_attempt_at is null or r.next_attempt_at <= now())
      and b.status = 'sending'
    order by r.id
    limit (select slots from room)
    for no key update of r
  ),
  paced as (
    update whatsapp_providers p
    set next_slot_at = room.first_slot + taken.slots * interval '1 second' / room.rate
    from room, (select count(*) as slots from candidate where unwanted is null) taken
    where p.id = room.id and taken.slots > 0
  ),
  claimed as (
    update whatsapp_broadcast_recipients r
    set status = 'sending', attempts = r.attempts + 1, claimed_at = now(), claimed_by = $3,
        attempt_id = w.attempt_id
    from room, unnest($1::bigint[], $4::uuid[]) as w(id, attempt_id), (
      select id, row_number() over (order by id) - 1 as slot from candidate where unwanted is null
    ) c
    where r.id = c.id and w.id = c.id
    returning r.id, r.attempt_id as "attemptId", r.organization_id as "organizationId", r.broadcast_id as "broadcastId",
      r.phone, r.variables, r.attempts, room.current_messages_per_second as "messagesPerSecond",
      (extract(epoch from room.first_slot) * 1000 + c.slot * 1000 / room.rate)::float8 as "slotAtMs",
      (extract(epoch from room.first_slot) * 1000 + (c.slot + 1) * 1000 / room.rate)::float8 as "slotEndMs"
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
  ${countMovesSql}
  select c.*, room.slots <= (select count(*) from candidate) as "isFull", d.count::integer as "dispatchers",
    case when d.is_joined then 1 else d.count end::integer as "claimants",
    (1000 * extract(epoch from coalesce(room.first_slot, greatest(o.next_slot, o.claims_from)) - o.horizon - clock_timestamp())
      + (select count(*) from candidate where unwanted is null) * 1000 / coalesce(room.rate, o.rate))::float8 as "roomInMs",
    (1000 / coalesce(room.rate, o.rate))::float8 as "slotMs",
    (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs"
  from registered d left join outlook o on true left join room on true left join claimed c on true
`;

/**
 * Claims the recipients in `attempts` that are pending, due and in a sending broadcast, as many as the
 * number may send soon. Returns each with the moment at which its message may leave. A recipient
 * goes to one caller only, until it is put back to pending.
 */
export async function claimRecipients(
  pool: pg.Pool,
  claim: {
    /** Recipients, each with a new attempt id, so that the claim can be released unanswered. */
    attempts: readonly Attempt[];
    phoneNumberId: string;
    dispatcherId: string;
    /**
     * True if no other dispatcher has sent from the number for more than a second; false if in
     * doubt.
     */
    isLone?: boolean;
  },
): Promise<Claims> {
  const { rows } = await pool.query<
    { [K in keyof ClaimedRecipient]: ClaimedRecipient[K] | null } & {
      isFull: boolean | null;
      roomInMs: number | null;
      slotMs: number | null;
      dispatchers: number;
      claimants: number;
      nowMs: number;
    }
  >({
    name: "claim-recipients",
    text: claimSql,
    values: [
      claim.attempts.map(({ recipientId }) => recipientId),
      claim.phoneNumberId,
      claim.dispatcherId,
      claim.attempts.map(({ attemptId }) => attemptId),
      claim.isLone ?? false,
    ],
  });
  const claimed = rows.filter((row): row is ClaimedRecipient & typeof row => row.id !== null);
  const [first] = rows;
  return {
    claimed,
    isFull: first?.isFull ?? true,
    roomInMs: first?.roomInMs ?? null,
    slotMs: first?.slotMs ?? null,
    dispatchers: first?.dispatchers ?? 0,
    claimants: first?.claimants ?? 0,
    nowMs: first?.nowMs ?? 0,
  };
}

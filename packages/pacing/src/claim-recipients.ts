import { countMovesSql } from "@loudhailer/db/move-recipients.ts";
import type pg from "pg";
import { nextSlotSql, slotLeadMs, slotRateSql, type Slot } from "./slots.ts";

/** With the message's own slot at the number's rate. */
export interface ClaimedRecipient extends Slot {
  id: string;
  /** Of this claim; the recipient's next one has another. */
  claimId: string;
  organizationId: string;
  broadcastId: string;
  phone: string;
  /** Values of the compiled template's fields, in its order. */
  variables: (string | null)[];
  /** This attempt included: 1 on the first. */
  attempts: number;
  messagesPerSecond: number;
}

export interface Claims {
  claimed: ClaimedRecipient[];
  /**
   * True when the number has no further slot within the horizon: ids that are not in `claimed`
   * are to be asked for again a little later. Otherwise they are somebody else's, paused, not due,
   * opted out or done.
   */
  isFull: boolean;
  /** Until the number has a slot within the horizon; 0 or less: now. Null where there is no such number or dispatcher. */
  roomInMs: number | null;
  /** From one of the number's slots to the next; null like `roomInMs`. */
  slotMs: number | null;
  /** Dispatchers that are registered now, the caller included. */
  dispatchers: number;
  /** Those of them that may claim: who joins a lone one has yet to. */
  claimants: number;
  /** The database's clock after the claim, milliseconds since the epoch. */
  nowMs: number;
}

const loneSlotLeadMs = 20;
/** The first of a number that starts: the claims after it would find the next slots too near. */
const freshSlotLeadMs = 200;
/**
 * Slots are given out at most this long ahead, so that a pause, a new rate or a crash concerns few:
 * what is claimed and not yet sent when a dispatcher is killed ends as unknown. A lone one catches
 * up, so that it needs less ahead.
 */
const horizonMs = 250;
const loneHorizonMs = 120;
/**
 * A lone dispatcher may catch up on slots that nobody took while it was held up for so long: it
 * knows itself how many have left in the last second (pacer.ts). Among several
 * nobody knows, and such slots are lost. After a longer pause the number starts afresh.
 */
const catchUpMs = 300;
/**
 * Who joins a lone dispatcher claims nothing for so long: that one notices at its next claim, and stops
 * catching up. A second later none of what it caught up with is counted any more.
 */
const joiningMs = 1_500;

// A number's messages leave in slots of 1/rate, which every claim of every replica takes from
// `next_slot_at`: the rate is exact for all of them together, by one clock. The number's row is
// locked first, then recipients in id order, so that claims can't deadlock; a recipient that
// another transaction has moved meanwhile is read again after the wait and no longer matches.
// A number without a slot within the horizon, by a look beforehand, isn't locked: a lock is a write, and
// waits for the disk.
// Whoever has opted out or was deleted since the launch is skipped here, at the last moment before
// the message.
// Only a dispatcher that is registered may claim, or nobody would notice its death.
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
    where p.phone_number_id = $2 and d.knows_us
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
    select r.id, case when r.phone = '' then 'contact_deleted'
      when c.opted_out_at is not null then 'opted_out' end as unwanted
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
        claim_id = $4, next_attempt_at = null
    from room, (
      select id, row_number() over (order by id) - 1 as slot from candidate where unwanted is null
    ) c
    where r.id = c.id
    returning r.id, r.claim_id as "claimId", r.organization_id as "organizationId", r.broadcast_id as "broadcastId",
      r.phone, r.variables, r.attempts, room.current_messages_per_second as "messagesPerSecond",
      (extract(epoch from room.first_slot) * 1000 + c.slot * 1000 / room.rate)::float8 as "slotAtMs",
      (extract(epoch from room.first_slot) * 1000 + (c.slot + 1) * 1000 / room.rate)::float8 as "slotEndMs"
  ),
  moved as (
    update whatsapp_broadcast_recipients r
    set status = 'skipped', next_attempt_at = null, error_code = c.unwanted,
        error_title = case c.unwanted when 'opted_out'
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
 * Takes those of `ids` that are pending, due and of a broadcast that is sending, as many as the
 * number may send soon, each with the moment it may leave. Each recipient goes to one caller
 * only, ever, until it is put back to pending.
 */
export async function claimRecipients(
  pool: pg.Pool,
  claim: {
    ids: readonly string[];
    phoneNumberId: string;
    dispatcherId: string;
    /** Made up for this call, so that it can be taken back where its answer is lost. */
    claimId: string;
    /** Nobody else has sent from this number for more than a second; false where in doubt. */
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
      claim.ids,
      claim.phoneNumberId,
      claim.dispatcherId,
      claim.claimId,
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

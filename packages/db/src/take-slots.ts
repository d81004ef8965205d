import type pg from "pg";
import { nextSlotSql, slotLeadMs, slotRateSql } from "./slots.ts";

export interface TakenSlots {
  /** Moments of the rate apart, milliseconds since the epoch by the database. */
  slotsAtMs: number[];
  nowMs: number;
}

const slotRate = slotRateSql("p.current_messages_per_second");

const takeSql = `
  update whatsapp_providers p
  set next_slot_at = greatest(${nextSlotSql("p.next_slot_at")}, p.held_until, clock_timestamp() + interval '${slotLeadMs} ms')
    + $2::integer * interval '1 second' / ${slotRate}
  where p.phone_number_id = $1
  returning (extract(epoch from p.next_slot_at) * 1000)::float8 as "untilMs",
    1000 / ${slotRate} as "intervalMs",
    (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs"
`;

/** New slots for messages that are claimed already and have missed theirs. */
export async function takeSlots(
  pool: pg.Pool,
  phoneNumberId: string,
  count: number,
): Promise<TakenSlots> {
  const { rows } = await pool.query<{ untilMs: number; intervalMs: number; nowMs: number }>({
    name: "take-slots",
    text: takeSql,
    values: [phoneNumberId, count],
  });
  const [row] = rows;
  if (!row) throw new Error(`there is no number ${phoneNumberId}`);
  const { untilMs, intervalMs, nowMs } = row;
  return {
    slotsAtMs: Array.from({ length: count }, (_, n) => untilMs - (count - n) * intervalMs),
    nowMs,
  };
}

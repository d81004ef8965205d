import type pg from "pg";
import { nextSlotSql, slotLeadMs, slotRateSql, type Slot } from "./slots.ts";

export interface TakenSlots {
  slots: Slot[];
  nowMs: number;
}

const slotRate = slotRateSql("p.current_messages_per_second");

// If no slot was given out after the last missed one, that one is moved: at 1/s, a second would be
// lost otherwise.
const takeSql = `
  update whatsapp_providers p
  set next_slot_at = greatest(
      case when abs(extract(epoch from p.next_slot_at) * 1000 - $4) < 0.1
        then to_timestamp($3::float8 / 1000) else ${nextSlotSql("p.next_slot_at")} end,
      p.held_until, clock_timestamp() + interval '${slotLeadMs} ms')
    + $2::integer * interval '1 second' / ${slotRate}
  where p.phone_number_id = $1 and p.moved_at is null
  returning (extract(epoch from p.next_slot_at) * 1000)::float8 as "untilMs",
    1000 / ${slotRate} as "intervalMs",
    (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs"
`;

/**
 * Takes one new slot for each claimed message that has missed its own.
 * @throws Error if there is no such number
 */
export async function takeSlots(
  pool: pg.Pool,
  phoneNumberId: string,
  missed: readonly Slot[],
): Promise<TakenSlots> {
  const last = missed.toSorted((a, b) => a.slotAtMs - b.slotAtMs).at(-1);
  const { rows } = await pool.query<{ untilMs: number; intervalMs: number; nowMs: number }>({
    name: "take-slots",
    text: takeSql,
    values: [phoneNumberId, missed.length, last?.slotAtMs, last?.slotEndMs],
  });
  const [row] = rows;
  if (!row) throw new Error(`there is no number ${phoneNumberId}`);
  const { untilMs, intervalMs, nowMs } = row;
  return {
    slots: missed.map((_, n) => {
      const slotEndMs = untilMs - (missed.length - 1 - n) * intervalMs;
      return { slotAtMs: slotEndMs - intervalMs, slotEndMs };
    }),
    nowMs,
  };
}

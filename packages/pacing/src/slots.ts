/**
 * A number's messages are spread over slots of a little more than 1/rate, which every sender takes
 * from `whatsapp_providers.next_slot_at`.
 */

/** A message's share of its number's time, in milliseconds since the epoch by the database. */
export interface Slot {
  slotAtMs: number;
  /** Start of the number's next slot. */
  slotEndMs: number;
}

/**
 * Minimum lead of a slot, so that the answer arrives before it. Among several dispatchers, a late
 * message loses its slot: with 20 ms, a number that started on a busy machine lost half a second
 * of its rate.
 */
export const slotLeadMs = 80;

/** Messages per second from which one message too many is at most 2% of the rate. */
const fastFrom = 50;
const wideMs = 15;
const narrowMs = 10;

/**
 * Returns by how much a second's messages take longer than a second. Meta counts messages on
 * arrival: one that is a little late and one a second after it on time must not be one too many.
 * This costs 1.5% of the rate, and 1% for a fast number that several dispatchers share, since they
 * lose the slots that they miss.
 */
export function slackMs(messagesPerSecond: number): number {
  return messagesPerSecond < fastFrom ? wideMs : narrowMs;
}

/** Returns SQL for the number of slots per second. */
export function slotRateSql(messagesPerSecond: string, isLone = "false"): string {
  return `(${messagesPerSecond} / case
    when ${isLone} or ${messagesPerSecond} < ${fastFrom} then ${1 + wideMs / 1_000} else ${1 + narrowMs / 1_000}
  end::float8)`;
}

/**
 * Returns SQL for a number's next slot. Null if that is more than a minute ahead, since a clock was
 * then set back.
 */
export function nextSlotSql(nextSlotAt: string): string {
  return `case when ${nextSlotAt} < clock_timestamp() + interval '1 minute' then ${nextSlotAt} end`;
}

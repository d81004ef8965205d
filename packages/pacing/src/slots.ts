/**
 * How a number's messages are spread: slots of a little more than 1/rate, which every sender takes
 * from `whatsapp_providers.next_slot_at`.
 */

/** A message's share of its number's time: milliseconds since the epoch, by the database. */
export interface Slot {
  slotAtMs: number;
  /** When the number's next one begins. */
  slotEndMs: number;
}

/**
 * A slot is given out at least this long ahead, so that the answer gets back before it. Among
 * several dispatchers whoever is late loses the slot: with 20 ms a number that started on a busy
 * machine lost half a second of its rate.
 */
export const slotLeadMs = 80;

/** From here on a whole message a second is at most 2% of the rate: one too many is little. */
const fastFrom = 50;
const wideMs = 15;
const narrowMs = 10;

/**
 * By how much a second's messages take longer than a second. Meta counts where messages arrive: one a
 * little late and the one a second after it on time must not be one too many. It costs 1.5% of the
 * rate, and 1% of a fast number's where several dispatchers share it, since those lose the slots that
 * they miss.
 */
export function slackMs(messagesPerSecond: number): number {
  return messagesPerSecond < fastFrom ? wideMs : narrowMs;
}

/** SQL for the slots a second. */
export function slotRateSql(messagesPerSecond: string, isLone = "false"): string {
  return `(${messagesPerSecond} / case
    when ${isLone} or ${messagesPerSecond} < ${fastFrom} then ${1 + wideMs / 1_000} else ${1 + narrowMs / 1_000}
  end::float8)`;
}

/** SQL for a number's next slot. One more than a minute ahead was counted on a clock that was set back: null. */
export function nextSlotSql(nextSlotAt: string): string {
  return `case when ${nextSlotAt} < clock_timestamp() + interval '1 minute' then ${nextSlotAt} end`;
}

import { createSlidingWindow } from "./sliding-window.ts";

/** Time at which a message may leave. */
export interface Departure {
  /** Start of the slot on performance.now's clock. */
  slotAt: number;
  /** Maximum delay after the slot, in milliseconds. */
  lateMsMax: number;
}

export interface Pacer {
  /**
   * Resolves at the slot, or later if the rate requires it. `missed`: this process was delayed for
   * longer than `lateMsMax`, or the rate has fallen, so the message needs a new slot.
   */
  wait(departure: Departure): Promise<"leave" | "missed">;
  /**
   * Sets the number's rate, as last read from the database. If it falls, waiting messages have
   * missed their slots, which belong to the previous rate.
   */
  setRate(messagesPerSecond: number): void;
  /** Records that Meta refused the message that left at `at` as one too many. */
  refused(at: number): void;
  /** Returns how many messages left in the second before `at`, and how many were refused. */
  secondBefore(at: number): { left: number; refused: number };
}

/** Milliseconds of the rate that may leave at once, since timers are no more precise. */
const burstMs = 5;
/** Multiple of the rate at which delayed messages catch up, in a stream rather than a burst. */
const catchUpFactor = 1.25;

/**
 * Lets one number's messages leave at their slots, and never more in a rolling second than the rate
 * allows. A process that was delayed finds past slots and catches up within that limit.
 */
export function createPacer(now: () => number = () => performance.now()): Pacer {
  const waiting: { departure: Departure; resolve(answer: "leave" | "missed"): void }[] = [];
  const left = createSlidingWindow();
  const refused = createSlidingWindow();
  let messagesPerSecond = 0;
  let paidUntil = 0;
  let timer: NodeJS.Timeout | undefined;

  function release(): void {
    timer = undefined;
    for (;;) {
      const [first] = waiting;
      if (!first) return;
      const { slotAt, lateMsMax } = first.departure;
      const at = now();
      if (at > slotAt + lateMsMax) {
        waiting.shift()?.resolve("missed");
        continue;
      }
      const leaveAt = Math.max(slotAt, paidUntil - burstMs, left.freeAt(messagesPerSecond));
      if (leaveAt > at) {
        timer = setTimeout(release, leaveAt - at);
        return;
      }
      waiting.shift();
      paidUntil = Math.max(paidUntil, at) + 1_000 / messagesPerSecond / catchUpFactor;
      left.add(at);
      first.resolve("leave");
    }
  }

  return {
    wait(departure) {
      const { promise, resolve } = Promise.withResolvers<"leave" | "missed">();
      // Departures arrive out of order: slots follow recipients, while jobs alternate broadcasts.
      let at = waiting.length;
      while (at > 0 && (waiting[at - 1]?.departure.slotAt ?? 0) > departure.slotAt) at--;
      waiting.splice(at, 0, { departure, resolve });
      if (at === 0) {
        clearTimeout(timer);
        release();
      }
      return promise;
    },
    setRate(rate) {
      const isLower = rate < messagesPerSecond;
      messagesPerSecond = rate;
      if (!isLower) return;
      for (const { resolve } of waiting.splice(0)) resolve("missed");
      clearTimeout(timer);
    },
    refused: (at) => refused.add(at),
    secondBefore: (at) => ({ left: left.countBefore(at), refused: refused.countBefore(at) }),
  };
}

import { createSlidingWindow } from "./sliding-window.ts";

/** When a message may leave. */
export interface Departure {
  /** On performance.now's clock. */
  slotAt: number;
  /** How much later it may still leave, in milliseconds. */
  lateMsMax: number;
}

export interface Pacer {
  /**
   * Resolves at the slot, or after it where the rate asks for that. `missed`: this process was
   * held up for longer than `lateMsMax`, or the rate has fallen; the message needs a new slot.
   */
  wait(departure: Departure): Promise<"leave" | "missed">;
  /**
   * The number's rate as the database last said it. When it falls, those that wait have missed
   * their slots: those were of the rate before.
   */
  setRate(messagesPerSecond: number): void;
  /** Meta refused the message that left at `at` as one too many. */
  refused(at: number): void;
  /** Our messages in the second before `at`: how many left, and how many of them were refused. */
  secondBefore(at: number): { left: number; refused: number };
}

/** What timers can't resolve: this much of the rate may leave at once. */
const burstMs = 5;
/** Whoever was held up catches up at this much of the rate, in a stream rather than a burst. */
const catchUpFactor = 1.25;

/**
 * Lets one number's messages leave at their slots, and never more of them in a rolling second
 * than the rate allows: a process that was held up finds slots past and catches up within that.
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
      // Slots go by recipient, jobs take turns between broadcasts: they don't come in order.
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

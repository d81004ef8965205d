/** A message's moment on performance.now's clock. */
export interface Slot {
  slotAt: number;
  lateMsMax: number;
  messagesPerSecond: number;
}

export interface Pace {
  /**
   * Resolves at the slot, or after it where the rate asks for that. `missed`: this process was
   * held up for longer than `lateMsMax`, the message needs a new slot.
   */
  wait(slot: Slot): Promise<"leave" | "missed">;
}

/** What timers can't resolve: this much of the rate may leave at once. */
const burstMs = 5;
/** Whoever was held up catches up at this much of the rate, in a stream rather than a burst. */
const catchUpFactor = 1.25;
/**
 * A second, and what the way to Meta may squeeze it by: Meta counts where messages arrive, and one
 * too many there is refused. It costs 1.5% of the rate.
 */
const windowMs = 1_015;

/**
 * Lets one number's messages leave at their slots, and never more of them in a rolling second
 * than the rate allows: a process that was held up finds slots past and catches up within that.
 */
export function openPace(now: () => number = () => performance.now()): Pace {
  const waiting: { slot: Slot; resolve: (answer: "leave" | "missed") => void }[] = [];
  const second = openRollingSecond();
  let paidUntil = 0;
  let timer: NodeJS.Timeout | undefined;

  function release(): void {
    timer = undefined;
    for (;;) {
      const [first] = waiting;
      if (!first) return;
      const { slotAt, lateMsMax, messagesPerSecond } = first.slot;
      const at = now();
      if (at > slotAt + lateMsMax) {
        waiting.shift()?.resolve("missed");
        continue;
      }
      const leaveAt = Math.max(slotAt, paidUntil - burstMs, second.freeAt(messagesPerSecond));
      if (leaveAt > at) {
        timer = setTimeout(release, leaveAt - at);
        return;
      }
      waiting.shift();
      paidUntil = Math.max(paidUntil, at) + 1_000 / messagesPerSecond / catchUpFactor;
      second.add(at);
      first.resolve("leave");
    }
  }

  return {
    wait(slot) {
      const { promise, resolve } = Promise.withResolvers<"leave" | "missed">();
      // Slots go by recipient, jobs take turns between broadcasts: they don't come in order.
      let at = waiting.length;
      while (at > 0 && (waiting[at - 1]?.slot.slotAt ?? 0) > slot.slotAt) at--;
      waiting.splice(at, 0, { slot, resolve });
      if (at === 0) {
        clearTimeout(timer);
        release();
      }
      return promise;
    },
  };
}

/** When the last messages left. */
function openRollingSecond() {
  let times: number[] = [];
  let oldest = 0;
  return {
    add(at: number): void {
      while ((times[oldest] ?? at) <= at - windowMs) oldest++;
      if (oldest > 1_000 && oldest > times.length / 2) {
        times = times.slice(oldest);
        oldest = 0;
      }
      times.push(at);
    },
    /** From when on one more fits into the second before it. */
    freeAt(messagesPerSecond: number): number {
      const blocking = times[times.length - messagesPerSecond];
      return blocking === undefined ? 0 : blocking + windowMs;
    },
  };
}

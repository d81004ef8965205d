import type { Pacer } from "./pacer.ts";
import type { Refusal } from "./throttle-number.ts";

export interface Throttle {
  /** Meta refused a message that left at `leftAt` (performance.now's clock) as one too many. */
  refused(providerId: string, leftAt: number): Promise<void>;
}

/** Hands a number's refusals on, one at a time: those that come meanwhile say the same. */
export function createThrottle(
  pace: Pacer,
  dispatchers: () => number,
  cut: (providerId: string, refusal: Omit<Refusal, "dispatcherId">) => Promise<number>,
): Throttle {
  let isCutting = false;
  return {
    async refused(providerId, leftAt) {
      pace.refused(leftAt);
      if (isCutting) return;
      isCutting = true;
      try {
        const { left, refused } = pace.secondBefore(leftAt);
        const rate = await cut(providerId, {
          takenInSecond: left - refused,
          refusedShare: left > 0 ? refused / left : 0,
          dispatchers: dispatchers(),
          ageMs: Math.round(performance.now() - leftAt),
        });
        pace.setRate(rate);
      } finally {
        isCutting = false;
      }
    },
  };
}

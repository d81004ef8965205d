import type { Pacer } from "./pacer.ts";
import type { Refusal } from "./throttle-number.ts";

export interface Throttle {
  /** Reports that Meta refused a message as one too many; it left at `leftAt` (performance.now). */
  refused(providerId: string, leftAt: number): Promise<void>;
}

/** Passes a number's refusals to `cut` one at a time; those that arrive meanwhile mean the same. */
export function createThrottle(
  pacer: Pacer,
  dispatchers: () => number,
  cut: (providerId: string, refusal: Omit<Refusal, "dispatcherId">) => Promise<number>,
): Throttle {
  let isCutting = false;
  return {
    async refused(providerId, leftAt) {
      pacer.refused(leftAt);
      if (isCutting) return;
      isCutting = true;
      try {
        const { left, refused } = pacer.secondBefore(leftAt);
        const rate = await cut(providerId, {
          takenInSecond: left - refused,
          refusedShare: left > 0 ? refused / left : 0,
          dispatchers: dispatchers(),
          ageMs: Math.round(performance.now() - leftAt),
        });
        pacer.setRate(rate);
      } finally {
        isCutting = false;
      }
    },
  };
}

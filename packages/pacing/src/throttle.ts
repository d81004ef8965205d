import type { Pacer } from "./pacer.ts";
import {
  cutMax,
  farOffCut,
  farOffShare,
  firstStepShare,
  firstStepShareAfterGuess,
  largeCut,
  largestStepShare,
  recoverEveryMs,
  smallCut,
  trustedBelow,
} from "./tuning.ts";

/** Meta's rolling second. */
const secondMs = 1_000;

export interface Throttle {
  /** Reports that Meta refused a message as one too many; it left at `leftAt` (performance.now). */
  refused(leftAt: number): void;
  /** Takes over a new limit of the number. */
  setLimit(messagesPerSecond: number): void;
  /** Ends changes of the rate, which is the next owner's. */
  close(): void;
}

/**
 * Lowers and raises the rate of a number by what Meta refuses. The first refusal cuts the rate to
 * what Meta accepted within the last second if that is far below the rate. Other refusals cut it by
 * the refused share: 3 to 10%, or up to half if more than 30% was refused. The rate is never cut
 * twice for one second: a message that left within a second after a change was refused because of
 * those that left before.
 *
 * Every 3 s without a refusal the rate gets a part back, up to the limit. The first step is a
 * hundredth of the rate (a tenth after a guess) and doubles up to a tenth. So a lasting limit at
 * Meta is exceeded by only a message or two every 3 s.
 *
 * `onRate` gets each new rate, to be stored for those who look at the number.
 */
export function createThrottle(
  pacer: Pacer,
  number: { limit: number; rate: number },
  onRate: (messagesPerSecond: number) => void,
  now: () => number = () => performance.now(),
): Throttle {
  let { limit, rate } = number;
  let step = stepOf(rate, firstStepShare);
  let changedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  function setRate(value: number): void {
    rate = value;
    changedAt = now();
    pacer.setRate(value);
    onRate(value);
    recoverLater();
  }

  function recoverLater(): void {
    clearTimeout(timer);
    if (rate < limit) timer = setTimeout(recover, recoverEveryMs).unref();
  }

  function recover(): void {
    const raised = Math.min(limit, rate + step);
    step = Math.min(step * 2, stepOf(raised, largestStepShare));
    setRate(raised);
  }

  recoverLater();
  return {
    refused(leftAt) {
      pacer.refused(leftAt);
      if (isClosed || leftAt - secondMs <= changedAt) return;
      const { left, refused } = pacer.secondBefore(leftAt);
      const accepted = left - refused;
      const isGuess = rate === limit && accepted < rate * trustedBelow;
      const share = left > 0 ? refused / left : 0;
      const atMost = share > farOffShare ? farOffCut : largeCut;
      const factor = Math.max(atMost, Math.min(smallCut, 1 - share));
      const lower = Math.min(Math.floor(rate * factor), isGuess ? accepted : rate);
      const cut = Math.max(1, Math.round(rate * cutMax), lower);
      step = stepOf(cut, isGuess ? firstStepShareAfterGuess : firstStepShare);
      setRate(cut);
    },
    setLimit(value) {
      if (value === limit) return;
      const isFull = rate >= limit;
      limit = value;
      if (isFull || rate > limit) setRate(limit);
      else recoverLater();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

function stepOf(rate: number, share: number): number {
  return Math.max(1, Math.floor(rate / share));
}

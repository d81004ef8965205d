/** Times at which messages left, on performance.now's clock, while Meta may still count them. */
export interface SlidingWindow {
  add(at: number): void;
  /** Returns the moment from which one more message fits into the second before it. */
  freeAt(messagesPerSecond: number): number;
  /** Returns how many messages left in the second before `at`. */
  countBefore(at: number): number;
}

/**
 * A second, plus the time by which the transit to Meta may compress it: Meta counts messages on
 * arrival and refuses one too many. This costs 1.5% of the rate.
 */
const windowMs = 1_015;
/** Time for which messages are kept; a later answer finds no messages in its second. */
const keptMs = 5_000;

export function createSlidingWindow(): SlidingWindow {
  let times: number[] = [];
  let oldest = 0;
  return {
    add(at) {
      while ((times[oldest] ?? at) <= at - keptMs) oldest++;
      if (oldest > 1_000 && oldest > times.length / 2) {
        times = times.slice(oldest);
        oldest = 0;
      }
      times.push(at);
    },
    freeAt(messagesPerSecond) {
      const blocking = times[times.length - messagesPerSecond];
      return blocking === undefined ? 0 : blocking + windowMs;
    },
    countBefore(at) {
      return times.filter((time) => time > at - 1_000 && time < at).length;
    },
  };
}

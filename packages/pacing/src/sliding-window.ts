/** When messages left, on performance.now's clock, for as long as Meta may still count them. */
export interface SlidingWindow {
  add(at: number): void;
  /** From when on one more fits into the second before it. */
  freeAt(messagesPerSecond: number): number;
  /** Messages that left in the second before `at`. */
  countBefore(at: number): number;
}

/**
 * A second, and what the way to Meta may squeeze it by: Meta counts where messages arrive, and one
 * too many there is refused. It costs 1.5% of the rate.
 */
const windowMs = 1_015;
/** An answer that comes later than this finds its second forgotten. */
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

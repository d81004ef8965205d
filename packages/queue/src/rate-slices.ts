/** BullMQ's rate limit: at most `max` jobs in `durationMs`, counted from the first of them. */
export interface RateLimit {
  max: number;
  durationMs: number;
}

const sliceMsMin = 50;
const sliceMsMax = 100;

/**
 * The rate as short slices. BullMQ starts a slice with its first job and lets all of `max` go
 * at once, so one slice of a second allows twice the rate in a rolling second (measured: 160 at
 * 80/s); slices of 50 ms hold it. A rate that doesn't divide into whole messages per 50 ms takes
 * the length up to 100 ms that comes nearest from below; below 10/s, one message a slice.
 */
export function rateSlices(messagesPerSecond: number): RateLimit {
  if (messagesPerSecond * sliceMsMax < 1_000) {
    return { max: 1, durationMs: Math.ceil(1_000 / messagesPerSecond) };
  }
  let best: RateLimit = { max: 0, durationMs: sliceMsMin };
  for (let durationMs = sliceMsMin; durationMs <= sliceMsMax; durationMs++) {
    const max = Math.floor((messagesPerSecond * durationMs) / 1_000);
    if (max / durationMs > best.max / best.durationMs) best = { max, durationMs };
  }
  return best;
}

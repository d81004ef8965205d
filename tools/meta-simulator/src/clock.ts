/**
 * Returns the time of the simulator's own clock: milliseconds since the epoch with sub-millisecond
 * resolution. It never steps back, so a window of one second is one second even when the system
 * clock is set.
 */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** The end of a number's owner: a dispatcher is killed, stands still, or leaves in order. */
export type OwnerEvent = "killed" | "stopped" | "left";

export interface TimedEvent {
  event: OwnerEvent;
  atMs: number;
}

interface Silence extends TimedEvent {
  seconds: number;
}

export interface Pace {
  /** Share of the rate that was used, without the silences after the events. */
  shareOfRate: number;
  /** Longest time without a message after each event. */
  silences: Silence[];
}

/** The number's next owner sends within this time after an event, or never. */
const consequenceMs = 20_000;

/**
 * Measures a number's pace from the times of its messages in milliseconds, in order. The longest
 * gap within 20 s after each event counts as silence.
 */
export function measurePace(
  times: readonly number[],
  messagesPerSecond: number,
  events: readonly TimedEvent[],
): Pace {
  const gaps = new Map<number, number>();
  const silences = events.map((event) => {
    const [start, ms] = longestGap(times, event.atMs);
    if (start !== -1) gaps.set(start, ms);
    return { ...event, seconds: ms / 1_000 };
  });
  const silentMs = [...gaps.values()].reduce((sum, ms) => sum + ms, 0);
  const usedMs = (times.at(-1) ?? 0) - (times[0] ?? 0) - silentMs;
  const used = times.length - 1 - gaps.size;
  return { shareOfRate: (used * 1_000) / usedMs / messagesPerSecond, silences };
}

/** Returns the index at which the longest gap after `fromMs` starts, and its milliseconds. */
function longestGap(times: readonly number[], fromMs: number): [start: number, ms: number] {
  let longest: [number, number] = [-1, 0];
  for (let index = 1; index < times.length; index++) {
    const [before = 0, after = 0] = [times[index - 1], times[index]];
    if (after < fromMs || before > fromMs + consequenceMs) continue;
    if (after - before > longest[1]) longest = [index - 1, after - before];
  }
  return longest;
}

/** Returns when the rolling second with the most messages ends. */
export function busiestSecondEnd(times: readonly number[]): number {
  let from = 0;
  let most = 0;
  let end = times[0] ?? 0;
  for (const [to, time] of times.entries()) {
    while ((times[from] ?? time) <= time - 1_000) from++;
    if (to - from + 1 <= most) continue;
    most = to - from + 1;
    end = time;
  }
  return end;
}

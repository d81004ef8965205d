import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createPacer } from "./pacer.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: 0 }));
afterEach(() => vi.useRealTimers());

/**
 * Returns when `count` messages leave whose slots are 1/rate apart. After 1 s the process is
 * stopped for `stallMs`: the clock continues, but no timer fires. A message that misses its slot
 * doesn't leave.
 */
async function departures(
  messagesPerSecond: number,
  count: number,
  { stallMs = 0, lateMsMax = Number.POSITIVE_INFINITY } = {},
) {
  let stalledMs = 0;
  const now = () => Date.now() + stalledMs;
  const pacer = createPacer(now);
  pacer.setRate(messagesPerSecond);
  const left: number[] = [];
  for (let n = 0; n < count; n++) {
    const slotAt = (n * 1_000) / messagesPerSecond;
    void (async () => {
      if ((await pacer.wait({ slotAt, lateMsMax })) === "leave") left.push(now());
    })();
  }
  await vi.advanceTimersByTimeAsync(1_000);
  stalledMs = stallMs;
  await vi.advanceTimersByTimeAsync((count / messagesPerSecond) * 1_000 + 1_000);
  return left;
}

function busiestSecond(times: number[]): number {
  let from = 0;
  return Math.max(
    ...times.map((time, to) => {
      while ((times[from] ?? 0) <= time - 1_000) from++;
      return to - from + 1;
    }),
  );
}

test.each([80, 1_000, 10_000])("messages leave at their slots at %i/s", async (rate) => {
  const left = await departures(rate, rate * 2);
  expect(left).toHaveLength(rate * 2);
  for (const [n, at] of left.entries()) {
    expect(Math.abs(at - (n * 1_000) / rate)).toBeLessThanOrEqual(17);
  }
});

test("a message leaves at its slot when one with a later slot arrived before it", async () => {
  const pacer = createPacer(Date.now);
  pacer.setRate(80);
  const left: string[] = [];
  const send = async (name: string, slotAt: number) => {
    const answer = await pacer.wait({ slotAt, lateMsMax: 18 });
    left.push(`${name} ${answer} ${Date.now()}`);
  };
  const all = Promise.all([send("later", 125), send("sooner", 25)]);
  await vi.advanceTimersByTimeAsync(200);
  await all;
  expect(left).toEqual(["sooner leave 25", "later leave 125"]);
});

test("waiting messages need slots of the new rate when the rate falls", async () => {
  const pacer = createPacer(Date.now);
  pacer.setRate(100);
  const answers = Promise.all([50, 60].map((slotAt) => pacer.wait({ slotAt, lateMsMax: 30 })));
  pacer.setRate(100);
  pacer.setRate(30);
  expect(await answers).toEqual(["missed", "missed"]);
  const next = pacer.wait({ slotAt: 90, lateMsMax: 30 });
  await vi.advanceTimersByTimeAsync(90);
  expect(await next).toBe("leave");
});

describe.each([80, 1_000])("a pacer after a stall at %i/s", (rate) => {
  test("lets all messages catch up without exceeding the rate in any rolling second", async () => {
    const left = await departures(rate, rate * 6, { stallMs: 300 });
    expect(left).toHaveLength(rate * 6);
    expect(busiestSecond(left)).toBeLessThanOrEqual(rate);
    expect(left.at(-1)).toBeLessThanOrEqual(6_300);
  });

  test("reports messages as missed when they are too late among other processes' messages", async () => {
    const left = await departures(rate, rate * 3, { stallMs: 700, lateMsMax: 15 });
    expect(busiestSecond(left)).toBeLessThanOrEqual(rate);
    expect(left.length).toBeGreaterThanOrEqual(rate * 2.25);
    expect(left.length).toBeLessThanOrEqual(rate * 2.33 + 1);
  });
});

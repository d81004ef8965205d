import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createPacer, type Departure, type Pacer } from "./pacer.ts";
import { claimAheadMs, windowMs } from "./tuning.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: 10_000 }));
afterEach(() => vi.useRealTimers());

function openPacer(messagesPerSecond: number, now: () => number = Date.now): Pacer {
  return createPacer(messagesPerSecond, now);
}

/** Sends `count` messages, each written `writeMs` after its turn, and returns when they leave. */
function sendAll(
  pacer: Pacer,
  count: number,
  { now = Date.now, writeMs = () => 0 }: { now?(): number; writeMs?(n: number): number } = {},
): number[] {
  const left: number[] = [];
  const sendOne = async (n: number) => {
    const departure = await pacer.wait();
    const write = () => {
      if (departure?.mayLeave()) left.push(now());
      departure?.end();
    };
    const ms = writeMs(n);
    if (ms === 0) write();
    else setTimeout(write, ms);
  };
  for (let n = 0; n < count; n++) void sendOne(n);
  return left;
}

function busiestSecond(times: number[]): number {
  let from = 0;
  const sorted = times.toSorted((a, b) => a - b);
  return Math.max(
    ...sorted.map((time, to) => {
      while ((sorted[from] ?? 0) <= time - 1_000) from++;
      return to - from + 1;
    }),
  );
}

test.each([1, 20, 80, 1_000])("messages leave evenly at %i/s", async (rate) => {
  const left = sendAll(openPacer(rate), rate * 3);
  await vi.advanceTimersByTimeAsync(3_100);
  expect(left).toHaveLength(rate * 3);
  expect(busiestSecond(left)).toBeLessThanOrEqual(rate);
  const first = left[0] ?? 0;
  for (const [n, at] of left.entries()) {
    expect(Math.abs(at - first - (n * windowMs) / rate)).toBeLessThanOrEqual(
      2 + catchUpAtStart(n, rate),
    );
  }
});

/** A stream that begins may be ahead by the delay that it catches up. */
function catchUpAtStart(n: number, rate: number): number {
  return Math.min(300, (n * windowMs) / rate);
}

describe.each([20, 80, 1_000])("at %i/s", (rate) => {
  test("messages catch up after a stall without exceeding the rate in any rolling second", async () => {
    let stalledMs = 0;
    const now = () => Date.now() + stalledMs;
    const left = sendAll(openPacer(rate, now), rate * 6, { now });
    await vi.advanceTimersByTimeAsync(2_000);
    // The clock continues, but no timer fires.
    stalledMs = 250;
    await vi.advanceTimersByTimeAsync(4_100);
    expect(left).toHaveLength(rate * 6);
    expect(busiestSecond(left)).toBeLessThanOrEqual(rate);
  });

  test("messages whose connections take long don't exceed the rate in any rolling second", async () => {
    const left = sendAll(openPacer(rate), rate * 4, {
      writeMs: (n) => (n % 5 === 0 ? 1 + ((n * 97) % 900) : 0),
    });
    await vi.advanceTimersByTimeAsync(8_000);
    expect(left).toHaveLength(rate * 4);
    expect(busiestSecond(left)).toBeLessThanOrEqual(rate);
  });
});

test("nothing leaves once the owner's time is over, not even what had its turn", async () => {
  const pacer = openPacer(80);
  pacer.ownUntil(Date.now() + 500);
  const departures: Departure[] = [];
  for (let n = 0; n < 100; n++) {
    void pacer.wait().then((departure) => departure && departures.push(departure));
  }
  await vi.advanceTimersByTimeAsync(490);
  const inTurn = departures.length;
  expect(inTurn).toBeGreaterThan(30);
  expect(departures[0]?.mayLeave()).toBe(true);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(departures.length - inTurn).toBeLessThanOrEqual(1);
  expect(departures[1]?.mayLeave()).toBe(false);
  expect(departures[1]?.leftAt()).toBeNull();
  expect(pacer.room()).toBe(0);
  expect(pacer.roomAt()).toBe(Number.POSITIVE_INFINITY);
  pacer.ownUntil(Date.now() + 500);
  await vi.advanceTimersByTimeAsync(100);
  expect(departures.length).toBeGreaterThan(inTurn);
});

test("a process that was stopped sends nothing late", async () => {
  let stoppedMs = 0;
  const pacer = openPacer(80, () => Date.now() + stoppedMs);
  pacer.ownUntil(Date.now() + 3_900);
  const departure = await pacer.wait();
  stoppedMs = 90_000;
  expect(departure?.mayLeave()).toBe(false);
});

test("a hold puts back what waits, and what had its turn doesn't leave", async () => {
  const pacer = openPacer(10);
  const first = await pacer.wait();
  const second = pacer.wait();
  pacer.holdUntil(Date.now() + 60_000);
  expect(await second).toBeNull();
  expect(first?.mayLeave()).toBe(false);
  first?.end();
  expect(pacer.room()).toBe(0);
  expect(pacer.roomAt()).toBe(Date.now() + 60_000 - claimAheadMs);
  await vi.advanceTimersByTimeAsync(60_000);
  expect((await pacer.wait())?.mayLeave()).toBe(true);
});

test.each([
  { rate: 1, left: 0 },
  { rate: 20, left: 19 },
])(
  "a number at $rate/s leaves one message per second out while it lends it",
  async ({ rate, left }) => {
    const pacer = openPacer(rate);
    const before = sendAll(pacer, rate);
    await vi.advanceTimersByTimeAsync(1_100);
    expect(before).toHaveLength(rate);
    pacer.lendUntil(Date.now() + 4_000);
    const lent = sendAll(pacer, rate * 10);
    await vi.advanceTimersByTimeAsync(3_900);
    expect(busiestSecond([...lent, 0])).toBeLessThanOrEqual(Math.max(1, left));
    expect(lent.length).toBeGreaterThanOrEqual(left * 3);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(busiestSecond(lent)).toBe(rate);
  },
);

test("a lower rate puts back what would wait long, and holds at once", async () => {
  const pacer = openPacer(1_000);
  const answers = Array.from({ length: 120 }, () => pacer.wait());
  const left: number[] = [];
  let putBack = 0;
  const leave = async (answer: Promise<Departure | null>) => {
    if ((await answer)?.mayLeave()) left.push(Date.now());
    else putBack++;
  };
  for (const answer of answers) void leave(answer);
  await vi.advanceTimersByTimeAsync(5);
  pacer.setRate(50);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(left.length + putBack).toBe(120);
  expect(putBack).toBeGreaterThan(90);
  const later = sendAll(pacer, 100);
  await vi.advanceTimersByTimeAsync(2_100);
  expect(later).toHaveLength(100);
  expect(busiestSecond(later)).toBeLessThanOrEqual(50);
});

test("there is room for what leaves soon, less what waits already", async () => {
  const pacer = openPacer(100);
  const room = pacer.room();
  expect(room).toBe(12);
  const left = sendAll(pacer, room);
  expect(pacer.room()).toBeLessThanOrEqual(2);
  await vi.advanceTimersByTimeAsync(claimAheadMs);
  expect(left.length).toBeGreaterThanOrEqual(11);
  const slow = openPacer(1);
  expect(sendAll(slow, 1)).toEqual([]);
  await vi.advanceTimersByTimeAsync(0);
  expect(slow.room()).toBe(0);
  expect(slow.roomAt() - Date.now()).toBeGreaterThan(500);
});

test("a number that is given up rests until its last message is a second old", async () => {
  const pacer = openPacer(80);
  expect(pacer.restMs()).toBe(0);
  sendAll(pacer, 1);
  await vi.advanceTimersByTimeAsync(400);
  expect(pacer.restMs()).toBe(windowMs - 400);
  pacer.close();
  expect(await pacer.wait()).toBeNull();
});

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createPacer, type Pacer } from "./pacer.ts";
import { createThrottle } from "./throttle.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: 10_000 }));
afterEach(() => vi.useRealTimers());

/** A pacer in whose last second `left` messages left and `refused` of them were refused. */
function pacerAfter(last: { left: number; refused: number }): Pacer {
  return { ...createPacer(1_000, Date.now), refused: () => undefined, secondBefore: () => last };
}

/** Opens a throttle at 1,000/s with helpers to refuse a message and to read the rate. */
function openThrottle(rate = 1_000) {
  const last = { left: 1_000, refused: 0 };
  const rates: number[] = [];
  const number = { limit: 1_000, rate };
  const throttle = createThrottle(pacerAfter(last), number, (to) => rates.push(to), Date.now);
  return {
    throttle,
    rates,
    /** Refuses a message that left `ageMs` ago, and returns the rate. */
    refuse(seen: Partial<typeof last> = {}, ageMs = 0) {
      Object.assign(last, { left: 1_000, refused: 1 }, seen);
      throttle.refused(Date.now() - ageMs);
      return rates.at(-1) ?? rate;
    },
  };
}

test("the first refusal cuts the rate to what Meta has just accepted, once per second", async () => {
  const { refuse } = openThrottle();
  expect(refuse({ left: 334, refused: 1 })).toBe(333);
  expect(refuse({ left: 100 })).toBe(333);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(refuse({ left: 330 }, 1_500)).toBe(333);
  expect(refuse({ left: 100, refused: 2 })).toBe(323);
});

test("later refusals cut the rate by the refused share, 3 to 10%, or more when the rate is far off", async () => {
  const { refuse } = openThrottle();
  expect(refuse({ refused: 1 })).toBe(970);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(refuse({ left: 1_000, refused: 50 })).toBe(921);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(refuse({ left: 1_000, refused: 200 })).toBe(828);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(refuse({ left: 1_000, refused: 400 })).toBe(496);
});

test("a cut never goes below a quarter of the rate, or below 1", async () => {
  expect(openThrottle().refuse({ left: 3 })).toBe(250);
  const slow = openThrottle(1);
  expect(slow.refuse({ left: 1 })).toBe(1);
});

test("the rate recovers in doubling steps up to the number's limit", async () => {
  const { refuse, rates } = openThrottle();
  refuse({ refused: 100 });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(rates).toEqual([900, 909, 927, 963, 1_000]);
});

test("a refusal puts the recovery off", async () => {
  const { refuse, rates } = openThrottle();
  refuse({ refused: 100 });
  await vi.advanceTimersByTimeAsync(2_000);
  refuse({ refused: 100 });
  await vi.advanceTimersByTimeAsync(2_900);
  expect(rates).toEqual([900, 810]);
  await vi.advanceTimersByTimeAsync(200);
  expect(rates).toEqual([900, 810, 818]);
});

test("a number that was taken over with a lower rate recovers too", async () => {
  const { rates, throttle } = openThrottle(500);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(rates).toEqual([505]);
  throttle.close();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(rates).toEqual([505]);
});

test("a new limit is taken over at once, except by a rate that is held back", async () => {
  const full = openThrottle();
  full.throttle.setLimit(80);
  expect(full.rates).toEqual([80]);
  full.throttle.setLimit(250);
  expect(full.rates).toEqual([80, 250]);
  const cut = openThrottle(500);
  cut.throttle.setLimit(2_000);
  expect(cut.rates).toEqual([]);
  cut.throttle.setLimit(300);
  expect(cut.rates).toEqual([300]);
});

test("a late refusal changes nothing after the number was given up", async () => {
  const { throttle, rates, refuse } = openThrottle();
  throttle.close();
  expect(refuse({ left: 334, refused: 1 })).toBe(1_000);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(rates).toEqual([]);
});

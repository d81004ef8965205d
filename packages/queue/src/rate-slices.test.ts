import { expect, test } from "vitest";
import { rateSlices } from "./rate-slices.ts";

test("the usual rates are whole messages per 50 ms", () => {
  expect(rateSlices(20)).toEqual({ max: 1, durationMs: 50 });
  expect(rateSlices(80)).toEqual({ max: 4, durationMs: 50 });
  expect(rateSlices(1_000)).toEqual({ max: 50, durationMs: 50 });
});

test("every rate is met to 10% from below up to 20/s, to 3% above 40/s, and never passed", () => {
  for (let messagesPerSecond = 1; messagesPerSecond <= 10_000; messagesPerSecond++) {
    const { max, durationMs } = rateSlices(messagesPerSecond);
    const actual = (max / durationMs) * 1_000;
    expect(actual).toBeLessThanOrEqual(messagesPerSecond + 1e-9);
    const accuracy = messagesPerSecond > 40 ? 0.97 : 0.9;
    expect(actual / messagesPerSecond, `at ${messagesPerSecond}/s`).toBeGreaterThan(accuracy);
  }
});

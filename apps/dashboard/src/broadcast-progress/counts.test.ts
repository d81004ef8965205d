import { expect, test } from "vitest";
import { percentDone, rateBetween, secondsLeft } from "./counts.ts";

const counts = {
  totalRecipients: 200,
  pendingCount: 50,
  successfulSends: 140,
  failedSends: 5,
  skippedCount: 3,
  unknownCount: 2,
  canceledCount: 0,
  retrying: null,
};

test("progress is the share of recipients that are no longer pending", () => {
  expect(percentDone(counts)).toBe(75);
  expect(percentDone({ ...counts, totalRecipients: 0, pendingCount: 0 })).toBe(0);
});

test("the time left follows the rate and is null without one", () => {
  expect(secondsLeft(counts, 25)).toBe(2);
  expect(secondsLeft(counts, 0)).toBeNull();
  expect(secondsLeft({ ...counts, pendingCount: 0 }, 25)).toBeNull();
});

test("the time left is null while recipients become pending again", () => {
  expect(secondsLeft({ ...counts, retrying: "failed" }, 25)).toBeNull();
  expect(secondsLeft({ ...counts, retrying: "unknown" }, 25)).toBeNull();
});

test("the rate covers the time between two readings and is never negative", () => {
  expect(rateBetween(undefined, { at: 0, done: 0 })).toBeNull();
  expect(rateBetween({ at: 1000, done: 10 }, { at: 3000, done: 170 })).toBe(80);
  expect(rateBetween({ at: 1000, done: 10 }, { at: 2000, done: 5 })).toBe(0);
});

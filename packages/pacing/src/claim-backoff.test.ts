import { expect, test } from "vitest";
import { createClaimBackoff } from "./claim-backoff.ts";

const lone = { dispatchers: 1, slotMs: 1_000 };
const shared = { dispatchers: 2, slotMs: 1_000 };
const one = { claimed: ["one"] };
const none = { claimed: [] };

test("a number is claimed again when it has a slot, after at least 50 ms and at most 3 s", () => {
  const backoff = createClaimBackoff();
  expect(backoff({ ...lone, ...one, roomInMs: 780 })).toBe(780);
  expect(backoff({ ...lone, ...none, roomInMs: 780 })).toBe(780);
  expect(backoff({ ...lone, ...none, roomInMs: -20 })).toBe(50);
  expect(backoff({ ...lone, ...none, roomInMs: 120_000 })).toBe(3_000);
  expect(backoff({ claimed: [], dispatchers: 0, roomInMs: null, slotMs: null })).toBe(50);
});

test("a dispatcher leaves one more slot to the other each time it finds none, until it gets one", () => {
  const backoff = createClaimBackoff();
  const waits = [800, 800, 300, 800].map((roomInMs) => backoff({ ...shared, ...none, roomInMs }));
  // No other dispatcher took a slot that moved by 300 ms.
  expect(waits).toEqual([1_800, 2_800, 2_300, 3_000]);
  expect(backoff({ ...shared, ...one, roomInMs: 800 })).toBe(800);
  expect(backoff({ ...shared, ...none, roomInMs: 800 })).toBe(1_800);
});

test("a number that was on hold is claimed again for its first slot", () => {
  const backoff = createClaimBackoff();
  expect(backoff({ ...shared, ...none, roomInMs: 120_000 })).toBe(3_000);
  expect(backoff({ ...shared, ...none, roomInMs: 2_000 })).toBe(2_000);
  expect(backoff({ ...shared, ...none, roomInMs: 20 })).toBe(50);
});

test("a fast number is claimed again in time for its next slots when these are taken", () => {
  const backoff = createClaimBackoff();
  const full = { ...none, dispatchers: 2, slotMs: 12.5, roomInMs: 12 };
  for (let n = 0; n < 5; n++) expect(backoff(full)).toBe(50);
});

import { expect, test, vi } from "vitest";
import { withTimeout } from "./with-timeout.ts";

test("resolves or rejects with work that ends in time, and leaves no timer behind", async () => {
  vi.useFakeTimers();
  expect(await withTimeout(Promise.resolve(1), 50)).toBe(1);
  await expect(withTimeout(Promise.reject(new Error("no")), 50)).rejects.toThrow("no");
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test("rejects once the time is up, and ignores that the work fails later", async () => {
  const work = Promise.withResolvers<never>();
  await expect(withTimeout(work.promise, 1)).rejects.toThrow("no answer within 1 ms");
  await expect(withTimeout(work.promise, 1, () => new Error("late"))).rejects.toThrow("late");
  work.reject(new Error("too late to matter"));
  // An unhandled rejection would fail this file.
  await new Promise((resolve) => setImmediate(resolve));
});

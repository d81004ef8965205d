import { expect, test } from "vitest";
import { drawShare } from "../hash.ts";
import { RollingSecond } from "./rolling-second.ts";

test("max equals the highest count of all seconds that end at an event", () => {
  const rolling = new RollingSecond();
  const times: number[] = [];
  let time = 1_700_000_000_000;
  for (let i = 0; i < 3000; i++) {
    time += drawShare(i, 1, 42) * (i % 500 < 100 ? 1 : 30);
    times.push(time);
    rolling.record(time);
  }
  const counts = times.map((end) => times.filter((t) => t > end - 1000 && t <= end).length);
  expect(rolling.max).toBe(Math.max(...counts));
});

test("an event leaves the window exactly one second after it was recorded", () => {
  const rolling = new RollingSecond();
  rolling.record(5000);
  expect(rolling.count(5999.999)).toBe(1);
  expect(rolling.count(6000)).toBe(0);
});

test("the window keeps its events when its buffer grows after wrapping around", () => {
  const rolling = new RollingSecond();
  for (let i = 0; i < 50; i++) rolling.record(i);
  for (let i = 0; i < 500; i++) rolling.record(1040 + i / 100);
  // The events after 44.99 among the first 50 are still in the window.
  expect(rolling.count(1044.99)).toBe(505);
  expect(rolling.max).toBe(505);
});

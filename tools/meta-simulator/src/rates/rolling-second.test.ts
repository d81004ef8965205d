import { expect, test } from "vitest";
import { drawShare } from "../hash.ts";
import { RollingSecond } from "./rolling-second.ts";

test("the highest count is exact: it equals counting every second that ends at an event", () => {
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

test("an event leaves the window exactly one second after it came", () => {
  const rolling = new RollingSecond();
  rolling.record(5000);
  expect(rolling.count(5999.999)).toBe(1);
  expect(rolling.count(6000)).toBe(0);
});

test("the window keeps its events when it grows around its end", () => {
  const rolling = new RollingSecond();
  for (let i = 0; i < 50; i++) rolling.record(i);
  for (let i = 0; i < 500; i++) rolling.record(1040 + i / 100);
  // Of the first fifty, those after 44.99 are still inside.
  expect(rolling.count(1044.99)).toBe(505);
  expect(rolling.max).toBe(505);
});

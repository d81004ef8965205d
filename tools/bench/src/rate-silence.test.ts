import { expect, test } from "vitest";
import { measurePace } from "./rate-silence.ts";

const everyTenth = (fromMs: number, messages: number) =>
  Array.from({ length: messages }, (_, n) => fromMs + n * 100);

test("the silence after an event is reported and doesn't lower the share of the rate", () => {
  const times = [...everyTenth(0, 50), ...everyTenth(10_000, 50)];
  const { shareOfRate, silences } = measurePace(times, 10, [{ event: "killed", atMs: 4_950 }]);
  expect(silences).toEqual([{ event: "killed", atMs: 4_950, seconds: 5.1 }]);
  expect(shareOfRate).toBeCloseTo(1, 5);
});

test("a gap that no event explains lowers the share of the rate", () => {
  const times = [...everyTenth(0, 50), ...everyTenth(10_000, 50)];
  expect(measurePace(times, 10, []).shareOfRate).toBeCloseTo(99 / 149, 5);
});

test("a gap before an event isn't its silence", () => {
  const times = [...everyTenth(0, 50), ...everyTenth(10_000, 50)];
  const { silences } = measurePace(times, 10, [{ event: "left", atMs: 12_000 }]);
  expect(silences[0]?.seconds).toBe(0.1);
});

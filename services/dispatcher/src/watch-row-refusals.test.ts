import { expect, test } from "vitest";
import { watchRowRefusals } from "./watch-row-refusals.ts";

test("twenty refusals are systematic once when they are most of the last answers", () => {
  const watch = watchRowRefusals();
  const answers = Array.from({ length: 39 }, () => watch.isSystematic("b", true));
  expect(answers.indexOf(true)).toBe(19);
  expect(answers.filter(Boolean)).toHaveLength(1);
});

test("single bad rows among good ones are never systematic", () => {
  const watch = watchRowRefusals();
  for (let n = 0; n < 10_000; n++) expect(watch.isSystematic("b", n % 3 === 0)).toBe(false);
});

test("answers of each broadcast are counted separately", () => {
  const watch = watchRowRefusals();
  for (let n = 0; n < 19; n++) watch.isSystematic("a", true);
  expect(watch.isSystematic("b", true)).toBe(false);
  expect(watch.isSystematic("a", true)).toBe(true);
});

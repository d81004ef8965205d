import { expect, test } from "vitest";
import { cancelWords } from "./cancel-words.ts";

const words = (status: Parameters<typeof cancelWords>[0]["status"], pendingCount: number) =>
  cancelWords({ status, pendingCount }, String);

test("canceling names whom it concerns", () => {
  expect(words("sending", 400)).toMatch(/^400 people won't get it any more/);
  expect(words("paused", 1)).toMatch(/^1 person won't get it any more/);
});

test("nobody is counted before everybody is known", () => {
  expect(words("preparing", 0)).not.toMatch(/\d/);
  expect(words("scheduled", 0)).not.toMatch(/\d/);
});

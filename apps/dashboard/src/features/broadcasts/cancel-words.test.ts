import { expect, test } from "vitest";
import { cancelWords } from "./cancel-words.ts";

type Broadcast = Parameters<typeof cancelWords>[0];

const words = (
  status: Broadcast["status"],
  pendingCount: number,
  retrying: Broadcast["retrying"] = null,
) => cancelWords({ status, pendingCount, retrying }, String);

test("the cancel dialog states how many recipients won't get the message", () => {
  expect(words("sending", 400)).toMatch(/^400 people won't get it any more/);
  expect(words("paused", 1)).toMatch(/^1 person won't get it any more/);
});

test("the cancel dialog shows no count while preparing or scheduled", () => {
  expect(words("preparing", 0)).not.toMatch(/\d/);
  expect(words("scheduled", 0)).not.toMatch(/\d/);
});

test("the cancel dialog shows no count while recipients become pending again", () => {
  expect(words("sending", 0, "failed")).not.toMatch(/\d/);
  expect(words("paused", 5_000, "unknown")).not.toMatch(/\d/);
});

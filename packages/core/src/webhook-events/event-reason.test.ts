import { webhookEventReasons } from "@loudhailer/contracts/webhook-event-reasons.ts";
import { expect, test } from "vitest";
import { mayApplyLater, readReason, reasonText } from "./event-reason.ts";

test("reads each reason that it writes, with and without PostgreSQL's code", () => {
  for (const reason of webhookEventReasons.filter((each) => each !== "refused")) {
    expect(reasonText({ reason })).toBe(reason);
    expect(readReason(reason)).toEqual({ reason });
    const refused = { reason, refusedWith: "22P05" };
    expect(reasonText(refused)).toBe(`${reason}, refused: 22P05`);
    expect(readReason(reasonText(refused))).toEqual(refused);
  }
  const refused = { reason: "refused", refusedWith: "23503" } as const;
  expect(reasonText(refused)).toBe("refused: 23503");
  expect(readReason("refused: 23503")).toEqual(refused);
});

test("reads a refusal of an earlier version and a reason of a newer one", () => {
  const twice = readReason("refused: 22P05, refused: RangeError");
  expect(twice).toEqual({ reason: "refused", refusedWith: "RangeError" });
  expect(readReason("moon_is_full")).toEqual({ reason: null });
  expect(readReason("")).toEqual({ reason: null });
});

test("retries only what may pass or what PostgreSQL refused", () => {
  const passing = webhookEventReasons.filter((reason) => mayApplyLater({ reason }));
  expect(passing.toSorted()).toEqual([
    "unknown_number",
    "unknown_template",
    "unknown_waba",
    "unmatched_status",
  ]);
  expect(mayApplyLater({ reason: "unhandled_field", refusedWith: "22P05" })).toBe(true);
  expect(mayApplyLater(readReason("moon_is_full"))).toBe(false);
});

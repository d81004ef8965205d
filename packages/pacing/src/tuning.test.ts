import { expect, test } from "vitest";
import * as tuning from "./tuning.ts";

const seconds = 1_000;

const relations: [string, boolean][] = [
  [
    "two renewals may fail before a lease ends",
    2 * tuning.renewMs < tuning.leaseMs - tuning.leaseMarginMs,
  ],
  ["an owner's last second is over when its lease ends", tuning.leaseMarginMs >= tuning.windowMs],
  [
    "a number is silent for at most 6 s after its owner died",
    tuning.leaseMs + 2 * tuning.lookForNumbersMs <= 6 * seconds,
  ],
  [
    "a number is silent for at most 1.5 s after an orderly stop",
    tuning.windowMs + 2 * tuning.lookForNumbersMs <= 1.5 * seconds,
  ],
  ["a dispatcher is absent only after two missed renewals", tuning.absentMs > 2 * tuning.renewMs],
  [
    "an absent dispatcher's numbers are shared before its leases end",
    tuning.absentMs < tuning.leaseMs,
  ],
  [
    "a dispatcher's claims are lost only when it can't send them any more",
    tuning.silenceSecondsMax * seconds >= 2 * tuning.leaseMs + tuning.claimAgeMsMax,
  ],
  ["a claim isn't older than a lease when it is sent", tuning.claimAgeMsMax <= tuning.leaseMs],
  [
    "claims come before what is claimed has left",
    tuning.statementApartMs < tuning.claimAheadMs / 2,
  ],
  ["99% of the rate remain", 1_000 / tuning.windowMs >= 0.99],
  [
    "a borrowed message's second is over before it is given back",
    tuning.borrowMs >= tuning.windowMs,
  ],
  [
    "a lost queue entry is back within 5 s",
    tuning.compareEveryMs + tuning.feedMsMax + tuning.feedMsMin < 5 * seconds,
  ],
  [
    "a feeder that died is replaced within 5 s",
    tuning.feedingTurnMs + tuning.feedMsMax <= 5 * seconds,
  ],
];

test.each(relations)("%s", (_, holds) => {
  expect(holds).toBe(true);
});

test("every constant is positive", () => {
  for (const value of Object.values(tuning)) expect(value).toBeGreaterThan(0);
});

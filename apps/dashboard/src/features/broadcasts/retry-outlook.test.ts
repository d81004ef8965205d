import { expect, test } from "vitest";
import { retryOutlook } from "./retry-outlook.ts";

test("the outlook counts only failures that a retry may fix as retryable", () => {
  expect(
    retryOutlook([
      { status: "failed", nextStep: "retry_failed", count: 5 },
      { status: "failed", nextStep: "none", count: 3 },
      { status: "failed", nextStep: "fix_contacts", count: 2 },
      { status: "unknown", nextStep: "resend_unknown", count: 7 },
      { status: "skipped", nextStep: "none", count: 11 },
    ]),
  ).toEqual({ retryable: 5, permanent: 5 });
  expect(retryOutlook([])).toEqual({ retryable: 0, permanent: 0 });
});

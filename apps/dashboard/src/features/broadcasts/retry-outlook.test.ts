import { expect, test } from "vitest";
import { retryOutlook } from "./retry-outlook.ts";

test("another try is hopeful only for those whose failure it may mend", () => {
  expect(
    retryOutlook([
      { status: "failed", nextStep: "retry_failed", count: 5 },
      { status: "failed", nextStep: "none", count: 3 },
      { status: "failed", nextStep: "fix_contacts", count: 2 },
      { status: "unknown", nextStep: "resend_unknown", count: 7 },
      { status: "skipped", nextStep: "none", count: 11 },
    ]),
  ).toEqual({ hopeful: 5, hopeless: 5 });
  expect(retryOutlook([])).toEqual({ hopeful: 0, hopeless: 0 });
});

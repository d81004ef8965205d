import { expect, test } from "vitest";
import { failureRules } from "./error-table.ts";
import {
  adviceFor,
  dispositionOf,
  dispositionOfFailure,
  isKnownCode,
  ruleFor,
} from "./error-taxonomy.ts";
import { metaCodes } from "./testing/error-codes.ts";

test.each(metaCodes)("gives code %i the scope %s and the disposition %s", (code, scope, kind) => {
  expect(isKnownCode(code)).toBe(true);
  expect(ruleFor(code)).toMatchObject({ scope, disposition: { kind } });
});

test("includes documented delays and limits in the disposition", () => {
  expect(dispositionOf(131049)).toEqual({ kind: "hold-recipient", hoursMin: 24 });
  expect(dispositionOf(131056)).toEqual({ kind: "retry-recipient", delaySecondsBase: 4 });
  expect(dispositionOf(131057)).toEqual({ kind: "hold-number", ms: 120_000 });
  expect(dispositionOf(132000)).toEqual({ kind: "pause-template", whenMostRows: true });
  expect(dispositionOf(132015)).toEqual({ kind: "pause-template", whenMostRows: false });
});

test("uses the subcode of code 100 to recognize a deleted number or a template error", () => {
  expect(ruleFor(100, 33)).toMatchObject({ scope: "number", disposition: { kind: "stop-number" } });
  expect(ruleFor(100, 2388293).title).toBe("Too many variables for the text");
  expect(dispositionOf(100, 2494010)).toEqual({ kind: "fail-row" });
  // A subcode counts only under code 100.
  expect(dispositionOf(130429, 33)).toEqual({ kind: "throttle-number" });
});

test("returns fail-row for an unknown code, but retry when the failure is transient", () => {
  const failure = { code: 424_242, subcode: undefined, httpStatus: 400, transient: false };
  expect(isKnownCode(failure.code)).toBe(false);
  expect(dispositionOf(failure.code)).toEqual({ kind: "fail-row" });
  expect(dispositionOfFailure(failure)).toEqual({ kind: "fail-row" });
  expect(dispositionOfFailure({ ...failure, httpStatus: 503 })).toEqual({ kind: "retry" });
  expect(dispositionOfFailure({ ...failure, transient: true })).toEqual({ kind: "retry" });
  // A known code's rule applies under any HTTP status.
  expect(dispositionOfFailure({ ...failure, code: 131045, httpStatus: 500 })).toEqual({
    kind: "stop-number",
  });
});

test("has advice of at most 160 characters for every code", () => {
  const codes = [...Object.keys(failureRules).map(Number), 250, 424_242];
  const unfit = codes.filter((code) => !/^[A-Z].{20,158}\.$/.test(adviceFor(code)));
  expect(unfit).toEqual([]);
});

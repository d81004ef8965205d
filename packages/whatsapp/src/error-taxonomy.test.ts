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

test.each(metaCodes)("code %i reaches a %s and leads to %s", (code, scope, kind) => {
  expect(isKnownCode(code)).toBe(true);
  expect(ruleFor(code)).toMatchObject({ scope, disposition: { kind } });
});

test("what the facts give numbers for carries them", () => {
  expect(dispositionOf(131049)).toEqual({ kind: "hold-recipient", hoursMin: 24 });
  expect(dispositionOf(131056)).toEqual({ kind: "retry-recipient", delaySecondsBase: 4 });
  expect(dispositionOf(131057)).toEqual({ kind: "hold-number", ms: 120_000 });
  expect(dispositionOf(132000)).toEqual({ kind: "pause-template", whenMostRows: true });
  expect(dispositionOf(132015)).toEqual({ kind: "pause-template", whenMostRows: false });
});

test("subcodes of code 100 tell a deleted number and a template's fault from a bad value", () => {
  expect(ruleFor(100, 33)).toMatchObject({ scope: "number", disposition: { kind: "stop-number" } });
  expect(ruleFor(100, 2388293).title).toBe("Too many variables for the text");
  expect(dispositionOf(100, 2494010)).toEqual({ kind: "fail-row" });
  // A subcode decides under code 100 only.
  expect(dispositionOf(130429, 33)).toEqual({ kind: "throttle-number" });
});

test("a code not known fails the row, unless Meta says it is passing trouble of its own", () => {
  const failure = { code: 424_242, subcode: undefined, httpStatus: 400, transient: false };
  expect(isKnownCode(failure.code)).toBe(false);
  expect(dispositionOf(failure.code)).toEqual({ kind: "fail-row" });
  expect(dispositionOfFailure(failure)).toEqual({ kind: "fail-row" });
  expect(dispositionOfFailure({ ...failure, httpStatus: 503 })).toEqual({ kind: "retry" });
  expect(dispositionOfFailure({ ...failure, transient: true })).toEqual({ kind: "retry" });
  // A known code's rule holds whatever the HTTP status.
  expect(dispositionOfFailure({ ...failure, code: 131045, httpStatus: 500 })).toEqual({
    kind: "stop-number",
  });
});

test("every advice is at most two short sentences a marketer can read", () => {
  const codes = [...Object.keys(failureRules).map(Number), 250, 424_242];
  const unfit = codes.filter((code) => !/^[A-Z].{20,158}\.$/.test(adviceFor(code)));
  expect(unfit).toEqual([]);
});

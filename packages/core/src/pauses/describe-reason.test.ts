import { failureReasons, ownPauseReasons } from "@loudhailer/contracts/broadcast-reasons.ts";
import { failureRules } from "@loudhailer/whatsapp/error-table.ts";
import { expect, test } from "vitest";
import { describeReason, isTokenReason } from "./describe-reason.ts";

test("describes each of Loudhailer's own reasons in a sentence", () => {
  for (const reason of [...ownPauseReasons, ...failureReasons]) {
    expect(describeReason(reason)).toMatch(/^[A-Z].{20,}\.$/);
  }
});

test("describes each of Meta's codes with its title and advice", () => {
  for (const [code, { title, advice }] of Object.entries(failureRules)) {
    const sentence = describeReason(`meta_${code}`);
    expect(sentence).toContain(title);
    expect(sentence).toContain(advice);
  }
});

test("returns an unknown reason unchanged", () => {
  expect(describeReason("moon_is_full")).toBe("moon_is_full");
  expect(describeReason("toString")).toBe("toString");
});

test("counts only reasons about the token as fixed by a new token", () => {
  const tokenReasons = ["meta_190", "meta_0", "meta_200", "meta_131005", "token_unreadable"];
  expect(tokenReasons.filter((reason) => !isTokenReason(reason))).toEqual([]);
  const others = ["meta_131048", "meta_368", "meta_132015", "paused_by_operator", "rows_refused"];
  expect(others.filter(isTokenReason)).toEqual([]);
});

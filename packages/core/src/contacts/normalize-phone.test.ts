import * as fc from "fast-check";
import { expect, test } from "vitest";
import { normalizePhone, phoneCountry } from "./normalize-phone.ts";
import { phoneProblems, phoneProblemWords } from "./phone-problems.ts";

test.each([
  ["+4917139200123"],
  ["+49 171 392-00123"],
  ["+49.171.39200123"],
  ["+49 (0)171 39200123"],
  ["0049 171/39200123"],
  ["0171 39200123"],
  ["(0171) 39200123"],
  ["171 39200123"],
  ["4917139200123"],
  ["+49\u00A0171\u00A039200123"],
  ["\u202A+49 171 39200123\u202C"],
  ["'+4917139200123"],
  ['="+4917139200123"'],
  ["whatsapp:+4917139200123"],
  ["tel:+49-171-39200123"],
  ["٠١٧١ ٣٩٢٠٠١٢٣"],
  ["+۴۹ ۱۷۱ ۳۹۲۰۰۱۲۳"],
  ["＋４９ １７１ ３９２００１２３"],
  ["+49‑171–39200123"],
])("normalizes %j to the same German number", (text) => {
  expect(normalizePhone(text, "DE")).toEqual({ phone: "+4917139200123" });
});

test.each([
  ["", "phone_empty"],
  [" \u00A0\u200E", "phone_empty"],
  ["'", "phone_empty"],
  ["4.915E+12", "phone_rounded"],
  ["4,91713E+11", "phone_rounded"],
  ["call the office", "phone_has_letters"],
  ["0171-KONTAKT", "phone_has_letters"],
  ["+49 171 39200123 or 12", "phone_has_letters"],
  ["0171", "phone_too_short"],
  ["+44 7700", "phone_too_short"],
  ["+49", "phone_too_short"],
  ["0171 392001234567", "phone_too_long"],
  ["+49 171 3920012 / 0172 39200", "phone_too_long"],
  ["+999 12345678", "phone_country_unknown"],
  ["++49 171 3920012", "phone_has_other_characters"],
  ["#0171", "phone_has_other_characters"],
])("rejects %j with the reason %s", (text, reason) => {
  expect(normalizePhone(text, "DE")).toEqual({ reason });
});

test("rejects a national number without a default country", () => {
  // Read as an international number, this American number would be an Egyptian one.
  expect(normalizePhone("202 555 0123")).toEqual({ reason: "phone_without_country" });
  expect(normalizePhone("202 555 0123", "US")).toEqual({ phone: "+12025550123" });
});

test.each([
  ["Brazil's numbers without their ninth digit", "+55 11 9999-0001", "+551199990001"],
  ["Mexico's WhatsApp ids with their former 1", "+52 1 55 1234 5678", "+525512345678"],
  ["numbers set aside for films", "+44 7700 900123", "+447700900123"],
  ["a landline", "030 23125 014", "+493023125014"],
])("accepts %s", (_, text, phone) => {
  expect(normalizePhone(text, "DE")).toEqual({ phone });
});

test("each reason has words, and none repeats a number", () => {
  for (const problem of phoneProblems) {
    expect(phoneProblemWords[problem]).toContain("phone number");
    expect(phoneProblemWords[problem]).not.toMatch(/\d{5}/);
  }
});

test("turns any text into a reason or into E.164 that normalizes to itself", () => {
  const phoneLike = fc.stringMatching(/^[+0]?[0-9 ./()-]{0,20}$/);
  fc.assert(
    fc.property(fc.oneof(fc.string(), phoneLike), (text) => {
      const result = normalizePhone(text, "DE");
      if ("reason" in result) return;
      expect(result.phone).toMatch(/^\+[1-9]\d{6,14}$/);
      expect(normalizePhone(result.phone)).toEqual(result);
    }),
    { numRuns: 2_000 },
  );
});

test("recognizes a country by its two letters in any case", () => {
  expect(phoneCountry("de")).toBe("DE");
  expect(phoneCountry("XX")).toBeUndefined();
});

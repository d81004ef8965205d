import * as fc from "fast-check";
import { expect, test } from "vitest";
import { quoteJson, sanitizeText, sanitizeUrlSuffix } from "./sanitize-value.ts";

const anyText = fc.string({ unit: "binary" });

test.each([
  ["  Ann \n", "Ann"],
  ["a\r\nb\tc", "a  b c"],
  ["a\u2028b\u0000c", "a b c"],
  ["a     b   c", "a   b   c"],
  ["\ud83d\ude00 ok", "\ud83d\ude00 ok"],
  ["lone \ud83d", "lone \ufffd"],
])("sanitizes text %j to %j", (value, expected) => {
  expect(sanitizeText(value)).toBe(expected);
});

test("removes everything that Meta refuses, and changes nothing the second time", () => {
  fc.assert(
    fc.property(anyText, (value) => {
      const clean = sanitizeText(value);
      expect(clean).not.toMatch(/[\n\r\t]| {4}|^\s|\s$/);
      expect(clean.isWellFormed()).toBe(true);
      expect(sanitizeText(clean)).toBe(clean);
    }),
  );
});

test.each([
  ["shop/a?x=1&y=2#z", "shop/a?x=1&y=2#z"],
  ["50% off", "50%25%20off"],
  ["a%20b", "a%20b"],
  ["Zoë", "Zo%C3%AB"],
  [" x ", "x"],
  ['"<>', "%22%3C%3E"],
])("encodes URL suffix %j as %j", (value, expected) => {
  expect(sanitizeUrlSuffix(value)).toBe(expected);
});

test("encodes a URL suffix in printable ASCII, and changes nothing the second time", () => {
  fc.assert(
    fc.property(anyText, (value) => {
      const suffix = sanitizeUrlSuffix(value);
      expect(suffix).toMatch(/^[\u0021-\u007e]*$/);
      expect(sanitizeUrlSuffix(suffix)).toBe(suffix);
    }),
  );
});

test("quotes every string as JSON that parses back to it", () => {
  fc.assert(
    fc.property(anyText, (value) => {
      expect(JSON.parse(quoteJson(value))).toBe(value);
    }),
  );
});

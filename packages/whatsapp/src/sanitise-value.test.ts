import * as fc from "fast-check";
import { expect, test } from "vitest";
import { quoteJson, sanitiseText, sanitiseUrlSuffix } from "./sanitise-value.ts";

const anyText = fc.string({ unit: "binary" });

test.each([
  ["  Ann \n", "Ann"],
  ["a\r\nb\tc", "a  b c"],
  ["a\u2028b\u0000c", "a b c"],
  ["a     b   c", "a   b   c"],
  ["\ud83d\ude00 ok", "\ud83d\ude00 ok"],
  ["lone \ud83d", "lone \ufffd"],
])("text %j becomes %j", (value, expected) => {
  expect(sanitiseText(value)).toBe(expected);
});

test("a text has nothing that Meta refuses, and cleaning it again changes nothing", () => {
  fc.assert(
    fc.property(anyText, (value) => {
      const clean = sanitiseText(value);
      expect(clean).not.toMatch(/[\n\r\t]| {4}|^\s|\s$/);
      expect(clean.isWellFormed()).toBe(true);
      expect(sanitiseText(clean)).toBe(clean);
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
])("URL suffix %j becomes %j", (value, expected) => {
  expect(sanitiseUrlSuffix(value)).toBe(expected);
});

test("a URL suffix is printable ASCII, and encoding it again changes nothing", () => {
  fc.assert(
    fc.property(anyText, (value) => {
      const suffix = sanitiseUrlSuffix(value);
      expect(suffix).toMatch(/^[\u0021-\u007e]*$/);
      expect(sanitiseUrlSuffix(suffix)).toBe(suffix);
    }),
  );
});

test("quoting is JSON.stringify's, for every string", () => {
  fc.assert(
    fc.property(anyText, (value) => {
      expect(JSON.parse(quoteJson(value))).toBe(value);
    }),
  );
});

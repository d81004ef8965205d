import { parse } from "csv-parse/sync";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { CsvScanner, type CsvRecord } from "./csv-scanner.ts";

function scan(text: string, delimiter = ","): CsvRecord[] {
  const scanner = new CsvScanner(delimiter);
  return [...scanner.push(text), ...scanner.end()];
}

const field = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "é", "中", " ", '"', ",", ";", "\n", "\r\n", "😀") }),
  fc.string(),
);
const rows = fc.integer({ min: 1, max: 6 }).chain((width) =>
  fc.array(
    fc
      .array(field, { minLength: width, maxLength: width })
      .filter((fields) => fields.some((text) => text.trim() !== "")),
    { maxLength: 30 },
  ),
);
const lineEnd = fc.constantFrom("\n", "\r\n");

function toCsv(records: string[][], end: string): string {
  return records
    .map((fields) => fields.map((text) => `"${text.replaceAll('"', '""')}"`).join(",") + end)
    .join("");
}

test("reads any text quoted by RFC 4180 as csv-parse does", () => {
  fc.assert(
    fc.property(rows, lineEnd, (records, end) => {
      const text = toCsv(records, end);
      const fields = scan(text).map((record) => record.fields);
      expect(fields).toEqual(records);
      expect(fields).toEqual(parse(text, { record_delimiter: end }));
    }),
  );
});

test("returns the same records for any split of the text into pieces", () => {
  const padding = `x,${"y".repeat(1_000)}\n`.repeat(60);
  const noise = fc.string({
    unit: fc.constantFrom("a", '"', ",", "\n", "\r", " "),
    maxLength: 200,
  });
  fc.assert(
    fc.property(noise, fc.integer({ min: 1, max: 199 }), (text, size) => {
      const scanner = new CsvScanner(",");
      const records = [...scanner.push(padding)];
      for (let at = 0; at < text.length; at += size) {
        records.push(...scanner.push(text.slice(at, at + size)));
      }
      expect([...records, ...scanner.end()]).toEqual(scan(padding + text));
    }),
  );
});

test("numbers each record by the line on which it starts", () => {
  expect(scan('a,b\r\n\r\n"1\n2\r\n3",x\r\nc,d')).toEqual([
    { lineNumber: 1, fields: ["a", "b"] },
    { lineNumber: 3, fields: ["1\n2\r\n3", "x"] },
    { lineNumber: 6, fields: ["c", "d"] },
  ]);
});

test("ignores blank lines and lines with only delimiters", () => {
  expect(scan("a,b\n\n , \n,\nc,d\n").map((record) => record.lineNumber)).toEqual([1, 5]);
});

test("loses only one line to a quote that is never closed", () => {
  const records = scan('a,b\n"open,x\nc,d\n"e","f"\ng,h\n');
  expect(records.map(({ lineNumber, fault }) => [lineNumber, fault !== undefined])).toEqual([
    [1, false],
    [2, true],
    [3, false],
    [4, false],
    [5, false],
  ]);
  expect(records[1]?.fields).toEqual(['"open', "x"]);
});

test.each([
  ['a,"b"c\n', "text_after_quote"],
  ['a,b"c\n', "quote_inside_field"],
  ['a,"b\n', "quote_not_closed"],
])("reports the fault of %j and reads the next line", (text, fault) => {
  expect(scan(`${text}next,row\n`)).toMatchObject([
    { lineNumber: 1, fault },
    { lineNumber: 2, fields: ["next", "row"] },
  ]);
});

test("drops an overlong line while it arrives and reads the next one", () => {
  const scanner = new CsvScanner(",");
  const records = [...scanner.push("a,b\n")];
  for (let piece = 0; piece < 100; piece += 1) records.push(...scanner.push("x".repeat(100_000)));
  records.push(...scanner.push("\nc,d\n"), ...scanner.end());
  expect(records).toMatchObject([
    { lineNumber: 1 },
    { lineNumber: 2, fault: "row_too_long" },
    { lineNumber: 3, fields: ["c", "d"] },
  ]);
  expect(records[1]?.fields.join("").length).toBeLessThan(2_000);
});

test("reads a file of broken quotes in linear time", () => {
  const lines = 200_000;
  const started = performance.now();
  expect(scan('a,"b\n'.repeat(lines))).toHaveLength(lines);
  expect(performance.now() - started).toBeLessThan(5_000);
});

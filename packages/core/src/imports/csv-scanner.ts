import { recordLengthMax, type CsvFault } from "./csv-faults.ts";

/** One record of a CSV file, or one faulty line with its fault. */
export interface CsvRecord {
  /** Number of the line on which it starts, from 1. */
  lineNumber: number;
  /** The record's fields; for a faulty line its text, split at every delimiter. */
  fields: string[];
  fault?: CsvFault;
}

// Text is collected up to this length before it is scanned. Otherwise a file that arrives byte by
// byte would have its open record scanned again for each byte.
const scanLengthMin = 64 * 1024;
const shownLengthMax = 1_000;

const quote = '"';
const quoteCode = 34;
const lineFeed = 10;
const carriageReturn = 13;
const lineEnd = /\r\n|\n|\r/g;

type Unfinished = { fault: CsvFault } | { incomplete: true };
interface ScannedField {
  value: string;
  end: number;
  lines: number;
}
interface ScannedRecord {
  fields: string[];
  end: number;
  lines: number;
}

/**
 * Reads RFC 4180 records with CRLF, LF or CR from text that arrives in pieces. Memory is bounded by
 * the longest record (256 Ki characters).
 *
 * After a quote that is never closed, csv-parse loses all rows up to the next quote. Here a faulty
 * record loses only its first line, and scanning continues with the next line. The time stays
 * linear: a scan can only pass lines with balanced quotes, and those end on their own.
 */
export class CsvScanner {
  readonly #delimiter: string;
  readonly #delimiterCode: number;
  #text = "";
  #line = 1;
  #skippingLine = false;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
    this.#delimiterCode = delimiter.charCodeAt(0);
  }

  /** Adds text and returns the records that are complete now. */
  push(text: string): CsvRecord[] {
    this.#text += text;
    return this.#text.length < scanLengthMin ? [] : this.#scan(false);
  }

  /** Ends the file and returns the remaining records. */
  end(): CsvRecord[] {
    return this.#scan(true);
  }

  #scan(isEnd: boolean): CsvRecord[] {
    const records: CsvRecord[] = [];
    let position = 0;
    if (this.#skippingLine) {
      const end = this.#lineEndFrom(0, isEnd);
      if (end === undefined) {
        this.#text = "";
        return records;
      }
      this.#skippingLine = false;
      this.#line += 1;
      position = end.next;
    }
    while (position < this.#text.length) {
      const scan = this.#scanRecord(position, isEnd);
      if ("fields" in scan) {
        if (!isBlank(scan.fields)) records.push({ lineNumber: this.#line, fields: scan.fields });
        this.#line += scan.lines;
        position = scan.end;
        continue;
      }
      const tooLong = this.#text.length - position > recordLengthMax;
      if ("incomplete" in scan && !tooLong) break;
      const fault = "fault" in scan ? scan.fault : "row_too_long";
      const end = this.#lineEndFrom(position, isEnd);
      const shown = this.#text.slice(position, end?.start).slice(0, shownLengthMax);
      records.push({ lineNumber: this.#line, fields: shown.split(this.#delimiter), fault });
      if (end === undefined) {
        this.#skippingLine = true;
        position = this.#text.length;
      } else {
        this.#line += 1;
        position = end.next;
      }
    }
    this.#text = this.#text.slice(position);
    return records;
  }

  #lineEndFrom(position: number, isEnd: boolean): { start: number; next: number } | undefined {
    lineEnd.lastIndex = position;
    const match = lineEnd.exec(this.#text);
    if (match !== null && (isEnd || lineEnd.lastIndex < this.#text.length)) {
      return { start: match.index, next: lineEnd.lastIndex };
    }
    return isEnd ? { start: this.#text.length, next: this.#text.length } : undefined;
  }

  #scanRecord(start: number, isEnd: boolean): ScannedRecord | Unfinished {
    const fields: string[] = [];
    let lines = 1;
    let position = start;
    for (;;) {
      const field =
        this.#text[position] === quote ? this.#quoted(position, isEnd) : this.#plain(position);
      if (!("end" in field)) return field;
      fields.push(field.value);
      lines += field.lines;
      const next = this.#text[field.end];
      if (next === this.#delimiter) {
        position = field.end + 1;
        continue;
      }
      // A CR at the very end of the text may be the first half of a CRLF.
      if (!isEnd && field.end + 1 >= this.#text.length) return { incomplete: true };
      if (next === undefined) return { fields, end: field.end, lines };
      if (next === "\n") return { fields, end: field.end + 1, lines };
      if (next === "\r") {
        const length = this.#text[field.end + 1] === "\n" ? 2 : 1;
        return { fields, end: field.end + length, lines };
      }
      return {
        fault:
          next === quote
            ? "quote_inside_field"
            : lines > 1
              ? "quote_not_closed"
              : "text_after_quote",
      };
    }
  }

  /** Scans an unquoted field up to the next delimiter, quote or line end. */
  #plain(start: number): ScannedField {
    let end = start;
    while (end < this.#text.length && !this.#isSpecial(this.#text.charCodeAt(end))) end += 1;
    return { value: this.#text.slice(start, end), end, lines: 0 };
  }

  #isSpecial(code: number): boolean {
    return (
      code === this.#delimiterCode ||
      code === lineFeed ||
      code === carriageReturn ||
      code === quoteCode
    );
  }

  #quoted(start: number, isEnd: boolean): ScannedField | Unfinished {
    let close = start;
    do {
      close = this.#text.indexOf(quote, close + 1);
      if (close === -1 || close - start > recordLengthMax) {
        return isEnd || this.#text.length - start > recordLengthMax
          ? { fault: "quote_not_closed" }
          : { incomplete: true };
      }
      if (!isEnd && close + 1 === this.#text.length) return { incomplete: true };
    } while (this.#text[close + 1] === quote && (close += 1));
    const inner = this.#text.slice(start + 1, close);
    return {
      value: inner.includes(quote) ? inner.replaceAll('""', quote) : inner,
      end: close + 1,
      lines: inner.match(lineEnd)?.length ?? 0,
    };
  }
}

function isBlank(fields: string[]): boolean {
  return fields.every((field) => field.trim() === "");
}

import { DomainError } from "../domain-error.ts";
import { CsvScanner, type CsvRecord } from "./csv-scanner.ts";

const delimiters = [",", ";", "\t"];
const headerLengthMax = 64 * 1024;

/**
 * Yields the records of a CSV file, including the header, in batches as its bytes (or its text)
 * arrive. Detects the delimiter (comma, semicolon or tab) from the header.
 * @throws DomainError `invalid_input` if the file isn't UTF-8 text
 */
export async function* readCsv(
  file: AsyncIterable<Uint8Array> | AsyncGenerator<string>,
): AsyncGenerator<CsvRecord[]> {
  let scanner: CsvScanner | undefined;
  let head = "";
  for await (const text of readText(file)) {
    if (scanner !== undefined) {
      yield scanner.push(text);
      continue;
    }
    head += text;
    if (headerLine(head) === undefined && head.length < headerLengthMax) continue;
    scanner = new CsvScanner(findDelimiter(head));
    yield scanner.push(head);
  }
  if (scanner === undefined) {
    scanner = new CsvScanner(findDelimiter(head));
    yield scanner.push(head);
  }
  yield scanner.end();
}

/**
 * Yields the text of a UTF-8 file.
 * @throws DomainError `invalid_input` at the first byte that isn't UTF-8 text
 */
export async function* readText(
  file: AsyncIterable<Uint8Array | string>,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let isFirst = true;
  try {
    for await (const bytes of file) {
      if (typeof bytes === "string") {
        yield bytes;
        continue;
      }
      if (bytes.length === 0) continue;
      if (isFirst) refuseOtherFormats(bytes);
      isFirst = false;
      if (bytes.includes(0)) throw notText("The file is not text");
      yield decoder.decode(bytes, { stream: true });
    }
    yield decoder.decode();
  } catch (error) {
    if (
      error instanceof TypeError &&
      "code" in error &&
      error.code === "ERR_ENCODING_INVALID_ENCODED_DATA"
    ) {
      throw notText("The file is not UTF-8");
    }
    throw error;
  }
}

const formats = [
  { start: [0x50, 0x4b, 0x03, 0x04], name: "an Excel workbook or a zip file" },
  { start: [0xd0, 0xcf, 0x11, 0xe0], name: "an old Excel workbook" },
  { start: [0xff, 0xfe], name: "UTF-16 text" },
  { start: [0xfe, 0xff], name: "UTF-16 text" },
];

function refuseOtherFormats(bytes: Uint8Array): void {
  const format = formats.find(({ start }) => start.every((byte, index) => bytes[index] === byte));
  if (format !== undefined) throw notText(`The file is ${format.name}`);
}

function notText(what: string): DomainError {
  return new DomainError(
    "invalid_input",
    `${what}, not a CSV in UTF-8. In your spreadsheet choose "Save as", "CSV UTF-8", and upload that file.`,
  );
}

/** Returns the first non-blank line (quoted line ends don't end it), or undefined if incomplete. */
function headerLine(text: string): string | undefined {
  let isQuoted = false;
  const start = text.search(/\S/);
  for (let position = Math.max(start, 0); position < text.length; position += 1) {
    const character = text[position];
    if (character === '"') isQuoted = !isQuoted;
    if (!isQuoted && (character === "\n" || character === "\r")) return text.slice(start, position);
  }
  return undefined;
}

function findDelimiter(head: string): string {
  const unquoted = (headerLine(head) ?? head).replaceAll(/"[^"]*"/g, "");
  const counts = delimiters.map((delimiter) => unquoted.split(delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ",";
}

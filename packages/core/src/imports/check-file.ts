import type { ImportOptions } from "@loudhailer/contracts/contact-imports.ts";
import { DomainError } from "../domain-error.ts";
import { readHeader } from "./read-batches.ts";
import { readCsv, readText } from "./read-csv.ts";

/**
 * Reads the whole file once before the import, about a second for 500 MB, so that no row of a file
 * that isn't text is imported. Returns the file's headers.
 * @throws DomainError `invalid_input` if the file isn't UTF-8 text, has no rows, or doesn't have
 *   the columns that the import and the mapping need
 */
export async function checkFile(
  file: AsyncIterable<Uint8Array>,
  mapping: ImportOptions["mapping"],
): Promise<{ headers: string[] }> {
  const text = readText(file);
  const [header, row] = await firstRecords(text);
  if (header === undefined) throw new DomainError("invalid_input", "The file is empty.");
  readHeader(header, mapping);
  if (row === undefined) {
    throw new DomainError("invalid_input", "The file has a header, but no rows of contacts.");
  }
  for (let piece = await text.next(); !piece.done; piece = await text.next());
  return { headers: header.fields };
}

/** Returns the first records and leaves the text open, because the rest is still to be read. */
async function firstRecords(text: AsyncGenerator<string>) {
  const records = readCsv(text);
  const found = [];
  for (let next = await records.next(); !next.done; next = await records.next()) {
    found.push(...next.value.slice(0, 2));
    if (found.length >= 2) break;
  }
  return found;
}

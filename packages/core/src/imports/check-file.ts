import type { ImportOptions } from "@loudhailer/contracts/contact-imports.ts";
import { DomainError } from "../domain-error.ts";
import { readHeader } from "./read-batches.ts";
import { readCsv, readText } from "./read-csv.ts";

/**
 * Reads the whole file once, which takes about a second for 500 MB: nothing of a file that turns out
 * not to be text is imported. Throws `invalid_input`.
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

/** Leaves the text open: what follows is still to be looked through. */
async function firstRecords(text: AsyncGenerator<string>) {
  const records = readCsv(text);
  const found = [];
  for (let next = await records.next(); !next.done; next = await records.next()) {
    found.push(...next.value.slice(0, 2));
    if (found.length >= 2) break;
  }
  return found;
}

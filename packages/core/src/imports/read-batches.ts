import type { ImportedContact, ImportOptions } from "@loudhailer/contracts/contact-imports.ts";
import type { CountryCode } from "libphonenumber-js/max";
import { DomainError } from "../domain-error.ts";
import { csvFaultWords } from "./csv-faults.ts";
import type { CsvRecord } from "./csv-scanner.ts";
import type { RowBatch } from "./import-batch.ts";
import { matchColumns, type ColumnTarget } from "./match-columns.ts";
import { readContact } from "./read-contact.ts";
import { readCsv } from "./read-csv.ts";

const batchRowsMax = 4_000;
const batchCharactersMax = 2_000_000;
const rejectedFieldLengthMax = 5_000;

export interface ReadingOptions {
  mapping: ImportOptions["mapping"];
  /** Tags added to every contact. */
  tags: readonly string[];
  defaultCountry: CountryCode | undefined;
}

/**
 * Yields the file's rows as contacts in batches, with constant memory.
 * @throws DomainError `invalid_input` if the file or its header can't be imported
 */
export async function* readBatches(
  file: AsyncIterable<Uint8Array>,
  options: ReadingOptions,
): AsyncGenerator<RowBatch> {
  let targets: ColumnTarget[] | undefined;
  let batch = emptyBatch();
  let rows = 0;
  let characters = 0;
  for await (const records of readCsv(file)) {
    for (const record of records) {
      if (targets === undefined) {
        targets = readHeader(record, options.mapping);
        continue;
      }
      characters += addRow(batch, record, targets, options);
      rows += 1;
      if (rows < batchRowsMax && characters < batchCharactersMax) continue;
      yield batch;
      batch = emptyBatch();
      rows = 0;
      characters = 0;
    }
  }
  if (rows > 0) yield batch;
}

/**
 * Returns the target of each column.
 * @throws DomainError `invalid_input` if the header can't be read or as `matchColumns` does
 */
export function readHeader(header: CsvRecord, mapping: ImportOptions["mapping"]): ColumnTarget[] {
  if (header.fault !== undefined) {
    throw new DomainError(
      "invalid_input",
      `The file's first line cannot be read: ${csvFaultWords[header.fault]}.`,
    );
  }
  return matchColumns(header.fields, mapping);
}

function emptyBatch(): RowBatch {
  return { contacts: new Map(), repeated: 0, rejected: [] };
}

/** Adds a row to the batch and returns its number of characters. */
function addRow(
  batch: RowBatch,
  record: CsvRecord,
  targets: ColumnTarget[],
  { tags, defaultCountry }: ReadingOptions,
): number {
  const { lineNumber } = record;
  const contact = readContact(record, targets, defaultCountry);
  if ("reason" in contact) {
    const fields = record.fields.map((field) => field.slice(0, rejectedFieldLengthMax));
    batch.rejected.push({ lineNumber, reason: contact.reason, fields });
  } else {
    const earlier = batch.contacts.get(contact.phone);
    if (earlier) batch.repeated += 1;
    const tagged = { ...contact, tags: union(contact.tags, tags) };
    batch.contacts.set(contact.phone, earlier ? mergeRows(earlier, tagged) : tagged);
  }
  return record.fields.reduce((sum, field) => sum + field.length, 0);
}

/** Merges two rows of one person: the later row wins, and its empty fields keep earlier values. */
function mergeRows(earlier: ImportedContact, later: ImportedContact): ImportedContact {
  return {
    phone: later.phone,
    name: later.name ?? earlier.name,
    email: later.email ?? earlier.email,
    attributes: { ...earlier.attributes, ...later.attributes },
    tags: union(earlier.tags, later.tags),
  };
}

function union(first: readonly string[], second: readonly string[]): string[] {
  return [...new Set([...first, ...second])];
}

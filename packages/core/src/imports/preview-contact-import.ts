import type { ContactImportPreview, ImportOptions } from "@loudhailer/contracts/contact-imports.ts";
import { examplesOf, inferAttributeType } from "../contacts/infer-attribute-type.ts";
import { phoneCountry } from "../contacts/normalize-phone.ts";
import { DomainError } from "../domain-error.ts";
import { csvFaultWords } from "./csv-faults.ts";
import type { CsvRecord } from "./csv-scanner.ts";
import { matchColumns, matchFields, type ColumnTarget } from "./match-columns.ts";
import { readContact } from "./read-contact.ts";
import { readCsv } from "./read-csv.ts";
import { describeRejection } from "./rejection-reasons.ts";

const rowsMax = 20;

/**
 * Shows how the file's first 20 rows would be imported. Reads only the beginning of the file and
 * stores nothing. Also previews a file without a phone column, with its fault, so that the columns
 * can be mapped.
 * @throws DomainError `invalid_input` if the file is empty or isn't CSV in UTF-8, if the mapping
 *   names a missing column, if there are too many columns, or if a header is too long
 */
export async function previewContactImport(input: {
  open(): AsyncIterable<Uint8Array>;
  mapping?: ImportOptions["mapping"];
  defaultCountry?: string | undefined;
}): Promise<ContactImportPreview> {
  const [header, ...rows] = await readFirst(input.open(), rowsMax + 1);
  if (header === undefined) throw new DomainError("invalid_input", "The file is empty.");
  if (header.fault !== undefined) {
    throw new DomainError(
      "invalid_input",
      `The file's first line cannot be read: ${csvFaultWords[header.fault]}.`,
    );
  }
  const { targets, fault } = mapColumns(header.fields, input.mapping);
  const country =
    input.defaultCountry === undefined ? undefined : phoneCountry(input.defaultCountry);
  return {
    columns: header.fields.map((name, index) =>
      describeColumn(name, targets[index] ?? null, rows, index),
    ),
    rows: rows.map((record) => {
      const { lineNumber: line, fields } = record;
      const contact = readContact(record, targets, country);
      if (!("reason" in contact)) return { line, contact, reason: null };
      const reason = describeRejection(contact.reason, { fields, columns: targets.length });
      return { line, contact: null, reason };
    }),
    fault: fault ?? (rows.length === 0 ? "The file has a header, but no rows of contacts." : null),
  };
}

async function readFirst(file: AsyncIterable<Uint8Array>, count: number): Promise<CsvRecord[]> {
  const found: CsvRecord[] = [];
  for await (const records of readCsv(file)) {
    found.push(...records);
    if (found.length >= count) break;
  }
  return found.slice(0, count);
}

function mapColumns(headers: string[], mapping: ImportOptions["mapping"]) {
  try {
    return { targets: matchColumns(headers, mapping), fault: null };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { targets: matchFields(headers, mapping), fault: error.message };
  }
}

function describeColumn(
  header: string,
  target: ColumnTarget,
  rows: readonly CsvRecord[],
  index: number,
): ContactImportPreview["columns"][number] {
  const values = rows
    .map(({ fields }) => fields[index]?.trim() ?? "")
    .filter((text) => text !== "");
  const isAttribute = target !== null && "attribute" in target;
  return {
    header,
    target: targetName(target),
    type: isAttribute ? inferAttributeType(values) : null,
    examples: examplesOf(values),
  };
}

function targetName(target: ColumnTarget): string {
  if (target === null) return "ignore";
  return "attribute" in target ? `attributes.${target.attribute}` : target.field;
}

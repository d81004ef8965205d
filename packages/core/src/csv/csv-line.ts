/** Formats one line of a CSV file by RFC 4180. */
export function csvLine(fields: readonly string[]): string {
  const quoted = fields.map((field) =>
    /[",;\t\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field,
  );
  return `${quoted.join(",")}\r\n`;
}

/**
 * Does the same as `csvLine` for spreadsheets: fields that a spreadsheet would read as a formula
 * get an apostrophe in front. Phone numbers don't; an import reads them either way.
 */
export function safeCsvLine(fields: readonly string[]): string {
  return csvLine(
    fields.map((field) =>
      /^[=+\-@\t\r]/.test(field) && !/^\+\d+$/.test(field) ? `'${field}` : field,
    ),
  );
}

/** The byte order mark without which Excel reads UTF-8 as Latin-1. */
export const byteOrderMark = "\uFEFF";

/** One line of a CSV in the form of RFC 4180. */
export function csvLine(fields: readonly string[]): string {
  const quoted = fields.map((field) =>
    /[",;\t\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field,
  );
  return `${quoted.join(",")}\r\n`;
}

/**
 * As csvLine, for a person's spreadsheet: what it would take for a formula begins with an apostrophe,
 * but for phone numbers, which our own import reads either way.
 */
export function safeCsvLine(fields: readonly string[]): string {
  return csvLine(
    fields.map((field) =>
      /^[=+\-@\t\r]/.test(field) && !/^\+\d+$/.test(field) ? `'${field}` : field,
    ),
  );
}

/** Without it Excel takes UTF-8 for Latin-1. */
export const byteOrderMark = "\uFEFF";

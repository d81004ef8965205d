export const recordLengthMax = 256 * 1024;

/** Why a line of a CSV file can't be read. */
export const csvFaults = [
  "quote_not_closed",
  "quote_inside_field",
  "text_after_quote",
  "row_too_long",
] as const;
export type CsvFault = (typeof csvFaults)[number];

export const csvFaultWords: Record<CsvFault, string> = {
  quote_not_closed: "a quote is opened and never closed",
  quote_inside_field: "a quote inside a field that does not start with one",
  text_after_quote: "text after a closing quote",
  row_too_long: `the row is longer than ${recordLengthMax} characters`,
};

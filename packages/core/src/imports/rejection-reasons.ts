import { importTagLengthMax } from "@loudhailer/contracts/contact-imports.ts";
import { narrowTo } from "@loudhailer/contracts/narrow-to.ts";
import { phoneProblems, phoneProblemWords } from "../contacts/phone-problems.ts";
import { csvFaults, csvFaultWords } from "./csv-faults.ts";

export const fieldLengthMax = 4_096;

/** Why a row of a file is rejected. */
export const rejectionReasons = [
  ...phoneProblems,
  ...csvFaults,
  "wrong_field_count",
  "field_too_long",
  "tag_too_long",
] as const;
export type RejectionReason = (typeof rejectionReasons)[number];

interface RejectedFields {
  fields: readonly string[];
  /** Number of columns in the file's header. */
  columns: number;
}

const words: Record<RejectionReason, string | ((row: RejectedFields) => string)> = {
  ...phoneProblemWords,
  ...csvFaultWords,
  wrong_field_count: ({ fields, columns }) =>
    `the row has ${fields.length} fields, the header ${columns}`,
  field_too_long: `a field is longer than ${fieldLengthMax} characters`,
  tag_too_long: `a tag is longer than ${importTagLengthMax} characters`,
};

/**
 * Describes a stored reason for the author of the file. Returns an unknown one unchanged: earlier
 * versions stored the words themselves.
 */
export function describeRejection(reason: string, row: RejectedFields): string {
  const known = narrowTo(rejectionReasons, reason);
  if (known === null) return reason;
  const text = words[known];
  return typeof text === "string" ? text : text(row);
}

import type { ImportMapping } from "@loudhailer/contracts/contact-imports.ts";
import { DomainError } from "../domain-error.ts";

/** Target of one column of the file; null if the column is ignored. */
export type ColumnTarget =
  | { field: "phone" | "name" | "email" | "tags" }
  | { attribute: string }
  | null;

// Accepted headers in order of preference, without case, spaces and underscores.
const accepted = {
  phone: ["phone", "mobile", "whatsapp", "phonenumber", "number"],
  name: ["name", "fullname", "firstname"],
  email: ["email"],
  tags: ["tags", "tag", "labels"],
} as const;

const columnsMax = 500;
const attributeLengthMax = 200;

/**
 * Returns the target of each column by position. The customer's mapping decides; columns that it
 * doesn't name are matched by their headers.
 * @throws DomainError `invalid_input` unless exactly one column is the phone number, if the mapping
 *   names a missing column, if there are too many columns, or if a header is too long
 */
export function matchColumns(headers: string[], mapping: ImportMapping = {}): ColumnTarget[] {
  const names = headers.map((header) => header.trim());
  const targets = matchFields(headers, mapping);
  requireOnePhone(names, targets);
  return targets;
}

/**
 * Does the same as `matchColumns`, but accepts any number of phone columns.
 * @throws DomainError `invalid_input` if the mapping names a missing column, if there are too many
 *   columns, or if a header is too long
 */
export function matchFields(headers: string[], mapping: ImportMapping = {}): ColumnTarget[] {
  const names = headers.map((header) => header.trim());
  if (names.length > columnsMax) {
    throw new DomainError("invalid_input", `The file has more than ${columnsMax} columns.`);
  }
  for (const header of Object.keys(mapping)) {
    if (!names.includes(header.trim())) {
      throw new DomainError(
        "invalid_input",
        `The mapping names a column that the file does not have: "${header}". Its columns are ${quoted(names)}.`,
      );
    }
  }
  const mapped = new Map(Object.entries(mapping).map(([header, to]) => [header.trim(), to]));
  const targets = names.map((name): ColumnTarget => target(mapped.get(name), name));
  const isMapped = (name: string) => mapped.has(name);
  for (const field of ["name", "email", "phone", "tags"] as const) {
    matchField(field, names, targets, isMapped);
  }
  return targets;
}

function target(to: string | undefined, name: string): ColumnTarget {
  if (to === undefined) return attribute(name);
  if (to === "phone" || to === "name" || to === "email" || to === "tags") return { field: to };
  return to === "ignore" ? null : attribute(to.slice("attributes.".length));
}

function attribute(key: string): ColumnTarget {
  if (key === "") return null;
  if (key.length > attributeLengthMax) {
    throw new DomainError(
      "invalid_input",
      `A column's header is longer than ${attributeLengthMax} characters; is the first line of the file its header?`,
    );
  }
  return { attribute: key };
}

/**
 * Matches the columns of one field. A contact has one name and one email address: the preferred
 * header wins, and other columns stay attributes.
 */
function matchField(
  field: keyof typeof accepted,
  names: string[],
  targets: ColumnTarget[],
  isMapped: (name: string) => boolean,
): void {
  if (targets.some((chosen) => isField(chosen, field))) return;
  for (const alias of accepted[field]) {
    const matches = names.flatMap((name, index) =>
      !isMapped(name) && normalized(name) === alias ? [index] : [],
    );
    const isShared = field === "phone" || field === "tags";
    for (const index of isShared ? matches : matches.slice(0, 1)) targets[index] = { field };
    if (matches.length > 0 && !isShared) return;
  }
}

function requireOnePhone(names: string[], targets: ColumnTarget[]): void {
  const phones = names.filter((_, index) => isField(targets[index], "phone"));
  if (phones.length === 0) {
    throw new DomainError(
      "invalid_input",
      `The file has no phone column. Its columns are ${quoted(names)}; name one of them phone, mobile, whatsapp, phone number or number, or say in the mapping which one it is.`,
      { headers: names },
    );
  }
  if (phones.length > 1) {
    throw new DomainError(
      "invalid_input",
      `The file has several phone columns: ${quoted(phones)}. Say in the mapping which one to use, as in {"${phones[0]}": "phone"}.`,
      { headers: names },
    );
  }
}

function isField(chosen: ColumnTarget | undefined, field: keyof typeof accepted): boolean {
  return chosen !== null && chosen !== undefined && "field" in chosen && chosen.field === field;
}

function normalized(header: string): string {
  return header.toLowerCase().replaceAll(/[\s_]/g, "");
}

function quoted(names: string[]): string {
  const shown = names.slice(0, 30).map((name) => `"${name.slice(0, 60)}"`);
  return shown.join(", ") + (names.length > shown.length ? ", …" : "");
}

import { scalarText } from "../../api/json.ts";

/** Custom attribute of a contact while it is edited. */
export interface AttributeRow {
  id: string;
  key: string;
  value: string;
  isNew: boolean;
}

type Attributes = Record<string, unknown>;
type Value = string | number | boolean;

/** Returns the contact's custom attributes, and an empty row for each other known attribute. */
export function attributeRows(attributes: Attributes, known: string[]): AttributeRow[] {
  const keys = [...new Set([...Object.keys(attributes), ...known])];
  return keys.map((key) => ({ id: key, key, value: scalarText(attributes[key]), isNew: false }));
}

/** Returns the changes for the API. Null removes a value; numbers and booleans keep their type. */
export function attributeChanges(
  before: Attributes,
  rows: AttributeRow[],
): Record<string, Value | null> {
  const changes: Record<string, Value | null> = {};
  const kept = new Map(rows.map(({ key, value }) => [key.trim(), value.trim()]));
  for (const key of Object.keys(before)) if (!kept.get(key)) changes[key] = null;
  for (const [key, value] of kept) {
    if (key === "" || value === "" || value === scalarText(before[key])) continue;
    changes[key] = withTypeOf(before[key], value);
  }
  return changes;
}

function withTypeOf(before: unknown, value: string): Value {
  if (typeof before === "number" && Number.isFinite(Number(value))) return Number(value);
  if (typeof before === "boolean" && (value === "true" || value === "false")) {
    return value === "true";
  }
  return value;
}

/** One of a contact's attributes while it is edited. */
export interface AttributeRow {
  id: string;
  key: string;
  value: string;
  isNew: boolean;
}

type Attributes = Record<string, unknown>;
type Value = string | number | boolean;

/** The contact's own values, and an empty row for each column that others have. */
export function attributeRows(attributes: Attributes, known: string[]): AttributeRow[] {
  const keys = [...new Set([...Object.keys(attributes), ...known])];
  return keys.map((key) => ({ id: key, key, value: textOf(attributes[key]), isNew: false }));
}

/** What has to be told to the API: null takes a value away; a number stays one. */
export function attributeChanges(
  before: Attributes,
  rows: AttributeRow[],
): Record<string, Value | null> {
  const changes: Record<string, Value | null> = {};
  const kept = new Map(rows.map(({ key, value }) => [key.trim(), value.trim()]));
  for (const key of Object.keys(before)) if (!kept.get(key)) changes[key] = null;
  for (const [key, value] of kept) {
    if (key === "" || value === "" || value === textOf(before[key])) continue;
    changes[key] = likeBefore(before[key], value);
  }
  return changes;
}

function likeBefore(before: unknown, value: string): Value {
  if (typeof before === "number" && Number.isFinite(Number(value))) return Number(value);
  if (typeof before === "boolean" && (value === "true" || value === "false")) {
    return value === "true";
  }
  return value;
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : "";
}

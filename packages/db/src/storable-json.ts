const replacement = "\u{FFFD}";

/** Whether PostgreSQL takes `text` as a parameter: it fails on NUL. What it can't store, nobody has. */
export function isStorable(text: string): boolean {
  return !text.includes("\0");
}

/** `text` as PostgreSQL can store it: no NUL, no half of a surrogate pair. */
export function storableText(text: string): string {
  return text.replaceAll("\0", replacement).toWellFormed();
}

/**
 * JSON that PostgreSQL's jsonb accepts: what it refuses inside strings and keys is replaced by
 * U+FFFD. Throws RangeError where the nesting is deeper than JavaScript's stack.
 */
export function storableJson(value: object): string {
  const text = JSON.stringify(value);
  // Only these two escapes can be wrong for jsonb; almost no webhook has them.
  return /\\u0000|\\ud[89a-f]/.test(text) ? JSON.stringify(value, replaceUnstorable) : text;
}

function replaceUnstorable(_key: string, value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [storableText(key), item]));
}

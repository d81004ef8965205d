import { isRecord } from "@loudhailer/runtime/is-record.ts";

const replacement = "\u{FFFD}";

/** Returns whether PostgreSQL accepts `text` as a parameter: it refuses NUL, so no row has it. */
export function isStorable(text: string): boolean {
  return !text.includes("\0");
}

/** Replaces NUL and halves of surrogate pairs in `text`, which PostgreSQL can't store. */
export function storableText(text: string): string {
  return text.replaceAll("\0", replacement).toWellFormed();
}

/**
 * Returns JSON that PostgreSQL's jsonb accepts. Characters that it refuses in strings and keys are
 * replaced by U+FFFD.
 * @throws RangeError if the nesting is deeper than JavaScript's stack
 */
export function storableJson(value: object): string {
  const text = JSON.stringify(value);
  // jsonb can refuse only these two escapes, and almost no webhook has them.
  return /\\u0000|\\ud[89a-f]/.test(text) ? JSON.stringify(value, replaceUnstorable) : text;
}

function replaceUnstorable(_key: string, value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [storableText(key), item]));
}

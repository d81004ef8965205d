import { isRecord } from "@loudhailer/runtime/is-record.ts";

/**
 * JSON object from Meta. Ids arrive as strings or numbers; optional parts can be missing, null or
 * of another type. The readers in this file never throw: an unreadable value is undefined, or empty
 * for a list.
 */
export type LooseRecord = Readonly<Record<string, unknown>>;

export function recordOf(value: unknown): LooseRecord | undefined {
  return isRecord(value) ? value : undefined;
}

/** Returns the list, or an empty one if the value isn't a list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Returns a nonempty string as it is and a number as a string. */
export function idOf(value: unknown): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" ? String(value) : undefined;
}

/** Returns a number as it is and an integer in a string as a number. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : undefined;
}

// End of the year 9999. A greater value isn't a time in seconds.
const secondsMax = 253_402_300_799;

/** Returns the date from seconds since 1970. */
export function dateOf(value: unknown): Date | undefined {
  const seconds = numberOf(value);
  if (seconds === undefined || !(seconds > 0) || seconds > secondsMax) return undefined;
  return new Date(seconds * 1000);
}

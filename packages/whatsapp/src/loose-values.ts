/**
 * Reading JSON from Meta: ids come as strings or numbers, optional parts are missing, null or of
 * another kind. What can't be read is undefined, never an error.
 */
export type LooseRecord = Readonly<Record<string, unknown>>;

export function recordOf(value: unknown): LooseRecord | undefined {
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is LooseRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Empty where it is no list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text that isn't empty, or a number as text. */
export function idOf(value: unknown): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" ? String(value) : undefined;
}

/** A number, or an integer as text. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : undefined;
}

// The year 9999: what is past it is no time in seconds.
const secondsMax = 253_402_300_799;

/** From seconds since 1970. */
export function dateOf(value: unknown): Date | undefined {
  const seconds = numberOf(value);
  if (seconds === undefined || !(seconds > 0) || seconds > secondsMax) return undefined;
  return new Date(seconds * 1000);
}

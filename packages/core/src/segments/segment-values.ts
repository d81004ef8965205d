/** An error in one rule; `compileSegment` adds the rule's path. */
export class RuleError extends Error {}

const listLengthMax = 1_000;
const textLengthMax = 1_000;

// PostgreSQL uses the same pattern, so both sides agree on which texts are numbers. Bounds such as
// {1,30} double its time, and its numeric type accepts more digits than any value has.
export const numberPattern = "^[+-]?[0-9]+([.][0-9]+)?$";
const number = new RegExp(numberPattern);

export function isNumber(text: string): boolean {
  return number.test(text);
}

export function textValue(value: unknown): string {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (typeof value === "boolean") return String(value);
  if (typeof value !== "string") throw new RuleError("the value must be a text or a number");
  const text = value.trim();
  if (text === "") {
    throw new RuleError('the value is empty; use the operator "null" to find empty fields');
  }
  if (text.length > textLengthMax) {
    throw new RuleError(`the value is longer than ${textLengthMax} characters`);
  }
  // PostgreSQL's text and jsonb can store neither.
  if (text.includes("\0") || !text.isWellFormed()) {
    throw new RuleError("the value holds characters that are not text");
  }
  return text;
}

export function listValue(value: unknown): string[] {
  const items: unknown[] = Array.isArray(value) ? value : textValue(value).split(",");
  const texts = items.filter((item) => item !== null && item !== "").map(textValue);
  if (texts.length === 0) throw new RuleError("the list of values is empty");
  if (texts.length > listLengthMax) {
    throw new RuleError(`the list holds more than ${listLengthMax} values`);
  }
  return texts;
}

export function pairValue(value: unknown): [string, string] {
  const [from, to, ...more] = listValue(value);
  if (from === undefined || to === undefined || more.length > 0) {
    throw new RuleError('"between" needs exactly two values');
  }
  return [from, to];
}

export function booleanValue(value: unknown): boolean {
  if (value === true || value === "true") return true;
  if (value === false || value === "false") return false;
  throw new RuleError("the value must be true or false");
}

const daysMax = 3_650;

export function daysValue(value: unknown): number {
  const days = Number(textValue(value));
  if (Number.isInteger(days) && days >= 1 && days <= daysMax) return days;
  throw new RuleError(`the value must be a number of days from 1 to ${daysMax}`);
}

const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Returns the broadcast ids in a rule's value, which has one or several.
 * @throws RuleError if the value isn't a list of ids
 */
export function broadcastIds(value: unknown): string[] {
  const ids = listValue(value);
  if (ids.every((id) => uuidPattern.test(id))) return ids.map((id) => id.toLowerCase());
  throw new RuleError("the value must be the id of a broadcast");
}

/** A span of time from `start` (inclusive) to `end` (exclusive), in ISO 8601 UTC. */
export interface TimeSpan {
  start: string;
  end: string;
}

const dateTime =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/;
const dayMs = 86_400_000;

/**
 * Returns the span of time that `text` names: a whole day for `2026-03-01`, one millisecond for a
 * date with a time. A text without an offset is in UTC.
 * @throws RuleError if the text isn't a date
 */
export function timeSpan(text: string): TimeSpan {
  const [, date, minutes, seconds = ":00", offset = "Z"] = dateTime.exec(text) ?? [];
  const start = Date.parse(`${date}T${minutes ?? "00:00"}${seconds}${offset}`);
  // Date.parse reads February 30 as March 2; toJSON returns null if there is no date at all.
  const midnight = new Date(`${date}T00:00:00Z`).toJSON();
  if (Number.isNaN(start) || midnight !== `${date}T00:00:00.000Z`) {
    throw new RuleError("the value must be a date such as 2026-03-01 or 2026-03-01T10:00:00Z");
  }
  const end = start + (minutes === undefined ? dayMs : 1);
  return { start: new Date(start).toISOString(), end: new Date(end).toISOString() };
}

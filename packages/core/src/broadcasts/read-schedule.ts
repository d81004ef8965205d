import { DateTime, IANAZone } from "luxon";
import { DomainError } from "../domain-error.ts";

export interface Schedule {
  /** The moment as ISO 8601 in UTC. */
  scheduledAt: string;
  /** IANA name; null if the moment was given with only an offset. */
  timeZone: string | null;
}

/**
 * Returns the moment that a schedule means. Without an offset it is the time in `timeZone`, and the
 * first of the two moments if clocks go back then.
 * @throws DomainError `invalid_input` if the moment is invalid, has neither an offset nor a zone,
 *   is skipped by the zone, or is in the past (with `whenPast` as advice)
 */
export function readSchedule(
  input: { scheduledAt: string; timeZone?: string | undefined },
  whenPast: string,
): Schedule {
  const { scheduledAt: text, timeZone = null } = input;
  const hasOffset = /(?:Z|[+-]\d{2}:\d{2})$/.test(text);
  if (!hasOffset && timeZone === null) {
    throw refuse("needs an offset, such as Z or +01:00, or a timeZone");
  }
  const moment = hasOffset
    ? DateTime.fromISO(text, { zone: "utc" })
    : localMoment(text, timeZone ?? "");
  if (!moment.isValid) throw refuse("is not a moment that exists");
  if (moment.toMillis() <= Date.now()) throw refuse(`is past. ${whenPast}`);
  return { scheduledAt: moment.toJSDate().toISOString(), timeZone };
}

function localMoment(text: string, timeZone: string): DateTime {
  const moment = DateTime.fromISO(text, { zone: IANAZone.create(timeZone) });
  if (!moment.isValid) return moment;
  const shown = moment.toFormat("yyyy-MM-dd'T'HH:mm");
  if (!text.startsWith(shown)) {
    throw refuse(
      `does not exist in ${timeZone}: clocks go forward then. The same moment on the clock is ${shown}`,
    );
  }
  // For a time that occurs twice luxon may return the second moment.
  const earlier = moment.minus({ hours: 1 });
  return earlier.toFormat("yyyy-MM-dd'T'HH:mm") === shown ? earlier : moment;
}

function refuse(message: string): DomainError {
  return new DomainError("invalid_input", `scheduledAt ${message}.`.replace(/\.\.$/, "."), {
    fields: [{ path: "scheduledAt", message }],
  });
}

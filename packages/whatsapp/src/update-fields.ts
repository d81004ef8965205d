import { z } from "zod";

// No name, text or reason from Meta is longer.
const textLengthMax = 5_000;
// End of the year 9999. A greater value isn't a time.
const msMax = 253_402_300_799_000;
/** The year 5138 in seconds. A greater value is in milliseconds. */
const secondsMax = 1e11;

const someText = z
  .union([z.string().max(textLengthMax), z.number().transform(String)])
  // PostgreSQL stores neither NUL nor lone surrogates.
  .transform((value) => value.replaceAll("\0", "\u{FFFD}").toWellFormed().trim())
  .pipe(z.string().min(1));

/** Text or an id: a string, or a number as text. Absent if empty, too long or of another type. */
export const text = someText.optional().catch(undefined);

/** One of Meta's enum values, in upper case. */
export const word = someText
  .transform((value) => value.toUpperCase())
  .pipe(z.string().regex(/^[A-Z0-9_ -]{1,100}$/))
  .optional()
  .catch(undefined);

/** Reason from Meta, absent for its `NONE`. */
export const reason = text.transform((value) =>
  value?.toUpperCase() === "NONE" ? undefined : value,
);

/** Digits only: phone numbers arrive with and without plus sign and spaces. */
export const digits = text.transform((value) => value?.replaceAll(/\D/g, "") || undefined);

/** Time: seconds or milliseconds since 1970 as a number or a string, or a date as text. */
export const moment = someText.transform(dateOf).optional().catch(undefined);

/**
 * Messaging limit as one of Meta's tiers (`TIER_250`, `TIER_2K`, `TIER_UNLIMITED`), also read from
 * a number.
 */
export const messagingLimit = someText.transform(tierOf).optional().catch(undefined);

/** Returns a schema for an object with optional fields; absent if the value isn't an object. */
export function part<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape).optional().catch(undefined);
}

/** Returns a schema for a list's readable elements. A single element counts as a list of one. */
export function listOf<Read>(item: z.ZodType<Read | undefined>) {
  return z
    .unknown()
    .optional()
    .transform((raw): Read[] => {
      const elements: unknown[] = Array.isArray(raw) ? raw : [raw];
      return elements.flatMap((element) => item.safeParse(element).data ?? []);
    });
}

function dateOf(value: string): Date | undefined {
  const ms = /^\d+(\.\d+)?$/.test(value) ? msOf(Number(value)) : Date.parse(value);
  return ms > 0 && ms <= msMax ? new Date(ms) : undefined;
}

function msOf(time: number): number {
  return time > secondsMax ? time : time * 1000;
}

function tierOf(value: string): string | undefined {
  const tier = value.toUpperCase();
  if (/^TIER_(UNLIMITED|\d{1,9}K?)$/.test(tier)) return tier;
  // Meta sends -1 for no limit.
  if (/^-\d+$/.test(tier)) return "TIER_UNLIMITED";
  if (!/^\d{1,9}$/.test(tier)) return undefined;
  const people = Number(tier);
  if (people === 0) return undefined;
  return people >= 1_000 && people % 1_000 === 0 ? `TIER_${people / 1_000}K` : `TIER_${people}`;
}

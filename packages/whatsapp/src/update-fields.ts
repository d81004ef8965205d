import { z } from "zod";

// What is longer is no name, text or reason of Meta's.
const textLengthMax = 5_000;
// The year 9999: what is past it is no moment.
const msMax = 253_402_300_799_000;
/** As seconds the year 5138: what is greater was meant in milliseconds. */
const secondsMax = 1e11;

const someText = z
  .union([z.string().max(textLengthMax), z.number().transform(String)])
  // PostgreSQL stores no NUL and no half of a surrogate pair.
  .transform((value) => value.replaceAll("\0", "\u{FFFD}").toWellFormed().trim())
  .pipe(z.string().min(1));

/** Text or an id: a string, or a number in its place. Absent where it is empty or of another kind. */
export const text = someText.optional().catch(undefined);

/** One of Meta's words, in upper case. */
export const word = someText
  .transform((value) => value.toUpperCase())
  .pipe(z.string().regex(/^[A-Z0-9_ -]{1,100}$/))
  .optional()
  .catch(undefined);

/** Meta's reasons have NONE where there is none. */
export const reason = text.transform((value) =>
  value?.toUpperCase() === "NONE" ? undefined : value,
);

/** Digits alone: phone numbers come with and without plus sign and spaces. */
export const digits = text.transform((value) => value?.replaceAll(/\D/g, "") || undefined);

/** A moment: seconds since 1970 as a number or a string, or a date in words. */
export const moment = someText.transform(dateOf).optional().catch(undefined);

/** A number of people, as Meta's word for a messaging limit: TIER_250, TIER_2K, TIER_UNLIMITED. */
export const messagingLimit = someText.transform(tierOf).optional().catch(undefined);

/** An object of which every field may be missing; absent where it is of another kind. */
export function part<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape).optional().catch(undefined);
}

/** The readable elements of a list; one that isn't in a list is taken for a list of one. */
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
  // Meta writes -1 for no limit.
  if (/^-\d+$/.test(tier)) return "TIER_UNLIMITED";
  if (!/^\d{1,9}$/.test(tier)) return undefined;
  const people = Number(tier);
  if (people === 0) return undefined;
  return people >= 1_000 && people % 1_000 === 0 ? `TIER_${people / 1_000}K` : `TIER_${people}`;
}

import { z } from "zod";

/** ISO 8601 in UTC, as `Date.toISOString` writes it. */
export const timestamp = z.iso.datetime();

export const nullableTimestamp = timestamp.nullable();

export const count = z.int().nonnegative();

/** Returns the schema of a text that PostgreSQL can store: without NUL and lone surrogates. */
export function longText(lengthMax: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(lengthMax)
    .refine((value) => !value.includes("\0") && value.isWellFormed(), "must not contain NUL");
}

/** Country of a phone number in national form, as its ISO 3166 code. */
export const country = z.string().regex(/^[A-Za-z]{2}$/, "two letters, such as DE");

export const timeZone = z
  .string()
  .min(1)
  .max(60)
  .refine(isTimeZone, "must be a time zone such as Europe/Berlin");

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** Returns the schema of a request that changes at least one field of `shape`. */
export function changesOf<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .strictObject(shape)
    .refine((changes) => Object.values(changes).some((value) => value !== undefined), {
      error: `needs at least one of ${Object.keys(shape).join(", ")}`,
    });
}

/** Id of every object that doesn't have a `bigintId`. */
export const uuid = z.uuid();

export const idParams = z.object({ id: uuid });

/** Id of a contact, recipient or audit event: a PostgreSQL bigint; any 18 digits fit in one. */
export const bigintId = z.string().regex(/^\d{1,18}$/);

export const bigintIdParams = z.object({ id: bigintId });

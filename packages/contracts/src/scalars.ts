import { z } from "zod";

/** ISO 8601 in UTC, as `Date.toISOString` writes it. */
export const timestamp = z.iso.datetime();

export const nullableTimestamp = timestamp.nullable();

/** The ids of all but contacts and recipients. */
export const uuid = z.uuid();

export const idParams = z.object({ id: uuid });

/** The ids of contacts and recipients: PostgreSQL's bigint in digits, of which 18 always are one. */
export const bigintId = z.string().regex(/^\d{1,18}$/);

export const bigintIdParams = z.object({ id: bigintId });

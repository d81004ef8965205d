import { z } from "zod";

/** ISO 8601 in UTC, as `Date.toISOString` writes it. */
export const timestamp = z.iso.datetime();

export const nullableTimestamp = timestamp.nullable();

/** Id of every object that doesn't have a `bigintId`. */
export const uuid = z.uuid();

export const idParams = z.object({ id: uuid });

/** Id of a contact, recipient or audit event: a PostgreSQL bigint; any 18 digits fit in one. */
export const bigintId = z.string().regex(/^\d{1,18}$/);

export const bigintIdParams = z.object({ id: bigintId });

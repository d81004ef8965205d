import { z } from "zod";

/**
 * Returns `value` as one of the codes in `list`, or null if this version doesn't know it. A code
 * read from the database may be unknown, because a newer version has written it.
 */
export function narrowTo<const Code extends string>(
  list: readonly Code[],
  value: string | null,
): Code | null {
  return list.find((code) => code === value) ?? null;
}

/** Returns the schema of a stored code, which may be one that only a newer version knows. */
export function storedCode<Known extends z.ZodType<string>>(known: Known) {
  return z.union([known, z.string()]);
}

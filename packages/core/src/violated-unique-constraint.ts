const uniqueViolation = "23505";

/**
 * Returns the name of the unique constraint that a PostgreSQL error reports, or an empty string if
 * the error doesn't name it. Returns null for any other error.
 */
export function violatedUniqueConstraint(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error) || error.code !== uniqueViolation)
    return null;
  return "constraint" in error && typeof error.constraint === "string" ? error.constraint : "";
}

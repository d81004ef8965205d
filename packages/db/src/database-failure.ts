/**
 * Kinds of a failed query:
 * - `data`: one of the rows can't be stored, now or later;
 * - `away`: the database can't serve now, but the same statement may succeed later;
 * - `fault`: the statement itself is wrong, or the error doesn't come from the database.
 */
export type DatabaseFailure = { kind: "data"; code: string } | { kind: "away" } | { kind: "fault" };

// https://www.postgresql.org/docs/current/errcodes-appendix.html; 22 data, 23 constraints,
// 54 program limits such as nesting depth.
const dataClasses = new Set(["22", "23", "54"]);
// 08 connection, 40 rollback (deadlock), 53 resources, 55 lock not available, 57 operator
// intervention (shutdown, starting, canceled), 58 system error (disk).
const awayClasses = new Set(["08", "40", "53", "55", "57", "58"]);
// A standby after a failover: the primary is elsewhere.
const readOnly = "25006";

/** Classifies a failed query by PostgreSQL's code. */
export function classifyDatabaseFailure(error: unknown): DatabaseFailure {
  // Thrown while the parameters are written, before anything is sent: nested too deeply.
  if (error instanceof RangeError) return { kind: "data", code: error.name };
  if (!(error instanceof Error) || error instanceof TypeError) return { kind: "fault" };
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const fromServer = "severity" in error;
  // pg gives no SQLSTATE, and often no code at all, for a connection that broke or failed to open.
  if (!fromServer) return { kind: "away" };
  const sqlClass = code.slice(0, 2);
  if (dataClasses.has(sqlClass)) return { kind: "data", code };
  if (awayClasses.has(sqlClass) || code === readOnly) return { kind: "away" };
  return { kind: "fault" };
}

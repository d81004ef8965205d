import { DatabaseError } from "pg";
import { isUnanswered } from "./unanswered.ts";

/**
 * Why the database can't do this now:
 * - `unreachable`: it gave no answer, is starting or stopping, or lacks a resource;
 * - `timed_out`: the statement took longer than its limit;
 * - `contended`: a concurrent transaction holds or has changed the same rows.
 */
export type AwayReason = "unreachable" | "timed_out" | "contended";

/**
 * Kinds of a failed query:
 * - `away`: the database can't do this now, but the same statement may succeed later;
 * - `conflict`: a row with the same unique values exists;
 * - `data`: one of the rows can't be stored, now or later;
 * - `ours`: the statement itself is wrong, or the error doesn't come from the database.
 */
export type DatabaseFailure =
  | { kind: "away"; reason: AwayReason }
  | { kind: "conflict"; code: string; constraint: string | undefined }
  | { kind: "data"; code: string; isUnstorableText: boolean }
  | { kind: "ours" };

/*
 * SQLSTATEs and their classes, which are the first two characters:
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */

const awayReasons = new Map<string, AwayReason>([
  ["08", "unreachable"], // connection
  ["28", "unreachable"], // login refused: only a new connection can fail like this
  ["3D", "unreachable"], // no such database: the same
  ["40", "contended"], // deadlock, serialization
  ["53", "unreachable"], // no connection, memory or disk left
  ["55", "unreachable"], // object not usable now, such as a database closed for connections
  ["57", "unreachable"], // shutdown, starting
  ["58", "unreachable"], // system, such as a disk error
  ["25006", "unreachable"], // a standby after a failover: the primary is elsewhere
  ["25P03", "unreachable"], // session ended because its transaction was idle
  ["25P04", "timed_out"], // transaction timeout
  ["55P03", "contended"], // lock timeout
  ["57014", "timed_out"], // statement timeout, or canceled by an operator
]);

const uniqueViolation = "23505";
// 22 data, 23 constraints, 54 program limits such as nesting depth.
const dataClasses = new Set(["22", "23", "54"]);
/** Codes for text that text and jsonb can't store. */
const unstorableText = new Set(["22021", "22P05", "22P02"]);

/** Classifies a failed query of a pool of `createPool`. Never decides by the error's message. */
export function classifyDatabaseFailure(error: unknown): DatabaseFailure {
  // Thrown while the parameters are written, before anything is sent: nested too deeply.
  if (error instanceof RangeError) {
    return { kind: "data", code: error.name, isUnstorableText: false };
  }
  if (error instanceof Error && isUnanswered(error)) return { kind: "away", reason: "unreachable" };
  if (!(error instanceof DatabaseError)) return { kind: "ours" };
  const { code = "", constraint } = error;
  const sqlClass = code.slice(0, 2);
  const reason = awayReasons.get(code) ?? awayReasons.get(sqlClass);
  if (reason !== undefined) return { kind: "away", reason };
  if (code === uniqueViolation) return { kind: "conflict", code, constraint };
  if (dataClasses.has(sqlClass)) {
    return { kind: "data", code, isUnstorableText: unstorableText.has(code) };
  }
  return { kind: "ours" };
}

/** Returns whether the database answered with an error that another attempt doesn't remove. */
export function isUnexpected(error: unknown): boolean {
  return error instanceof DatabaseError && classifyDatabaseFailure(error).kind !== "away";
}

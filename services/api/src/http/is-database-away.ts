import { setTimeout as sleep } from "node:timers/promises";
import type { ReadinessCheck } from "@loudhailer/runtime/health-routes.ts";

const pingMsMax = 1_000;

/** Node's codes for a connection that can't be opened or has broken. */
const connectionCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
]);

/** PostgreSQL's error classes 08 (connection), 53 (no resources) and 57P (shutdown, startup). */
const awaySqlstate = /^(08|53)\w{3}$|^57P\d\w$/;

/**
 * Returns true if the failure comes from an unavailable database. pg's own errors for a lost or
 * refused connection have no code, so without a telling code this pings the database.
 */
export async function isDatabaseAway(failure: unknown, ping: ReadinessCheck): Promise<boolean> {
  const code = failure instanceof Error && "code" in failure ? failure.code : undefined;
  if (typeof code === "string" && (connectionCodes.has(code) || awaySqlstate.test(code))) {
    return true;
  }
  const late = new AbortController();
  try {
    const timeout = sleep(pingMsMax, "away" as const, { signal: late.signal });
    return (await Promise.race([ping(), timeout])) === "away";
  } catch {
    return true;
  } finally {
    late.abort();
  }
}

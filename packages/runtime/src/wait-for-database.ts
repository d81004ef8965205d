import { setTimeout as sleep } from "node:timers/promises";
import { databaseAddress } from "./database-address.ts";
import { StartError } from "./start-error.ts";
import { withTimeout } from "./with-timeout.ts";

const retryMs = 250;

export interface WaitForDatabaseOptions {
  databaseUrl: string;
  /** Runs a statement on one of Loudhailer's tables, which also reveals a missing schema. */
  ping(): Promise<unknown>;
  /** Milliseconds to wait. The default of 8 s gives an operator the answer within 10 s. */
  timeoutMs?: number;
}

/**
 * Resolves once the database answers. Waits for a database that is still starting, but not on an
 * error that waiting can't fix (wrong password, missing database, missing schema).
 * @throws StartError with the database's host and port, never its password, if it doesn't answer
 *   within `timeoutMs` or fails with such an error
 */
export async function waitForDatabase(options: WaitForDatabaseOptions): Promise<void> {
  const { databaseUrl, ping, timeoutMs = 8_000 } = options;
  const address = databaseAddress(databaseUrl);
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const outcome = await tryPing(ping, deadline - Date.now());
    if (outcome.ok) return;
    const fatal = describeFatal(outcome.code, address);
    if (fatal !== undefined) throw new StartError(fatal, { cause: outcome.error });
    if (Date.now() + retryMs >= deadline) {
      throw new StartError(describeSilence(outcome.code, address, timeoutMs), {
        cause: outcome.error,
      });
    }
    await sleep(retryMs);
  }
}

type PingOutcome = { ok: true } | { ok: false; code: string; error: unknown };

async function tryPing(ping: () => Promise<unknown>, remainingMs: number): Promise<PingOutcome> {
  try {
    await withTimeout(ping(), remainingMs);
    return { ok: true };
  } catch (error) {
    return { ok: false, code: codeOf(error), error };
  }
}

function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return error.code;
  }
  return "";
}

function describeFatal(code: string, address: string): string | undefined {
  switch (code) {
    case "28P01":
    case "28000":
      return `The database at ${address} refuses the user or password of DATABASE_URL.`;
    case "3D000":
      return `The server at ${address} has no database of the name in DATABASE_URL. Create it, or correct the name.`;
    case "42P01":
    case "42703":
    case "22023":
      return `The database at ${address} has no schema yet, or an old one. Run ./loudhailer migrate.`;
    case "42501":
      return `The user of DATABASE_URL may not take Loudhailer's roles at ${address}. Run ./loudhailer migrate as this user, or grant it loudhailer_api, loudhailer_auth and loudhailer_engine.`;
    default:
      return undefined;
  }
}

function describeSilence(code: string, address: string, timeoutMs: number): string {
  const reason: Record<string, string> = {
    ECONNREFUSED: "nothing listens there",
    ENOTFOUND: "the host name does not exist",
    ENOENT: "there is no such socket",
    "57P03": "it is still starting",
    "53300": "it has no connection left",
  };
  const why = reason[code] === undefined ? "" : ` (${reason[code]})`;
  return `The database at ${address} did not answer within ${Math.round(timeoutMs / 1000)} s${why}. Start PostgreSQL, or correct DATABASE_URL.`;
}

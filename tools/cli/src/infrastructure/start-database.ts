import { join } from "node:path";
import { startEmbeddedPostgres } from "@loudhailer/local/embedded-postgres.ts";
import type { StatePaths } from "../checkout.ts";
import type { Stoppable } from "../processes/shutdown-stack.ts";
import { checkDatabase } from "./check-database.ts";
import { keepRunning } from "./keep-running.ts";

/**
 * The database of a run. `server` is null if DATABASE_URL names it, since this run can't stop it.
 */
export interface RunDatabase {
  databaseUrl: string;
  /** Description for people, without the password. */
  description: string;
  server: Stoppable | null;
}

/**
 * Returns the database of DATABASE_URL, or else starts the embedded one of this checkout. Restarts
 * the embedded database when it exits, until it is stopped.
 * @throws CliError if the database of DATABASE_URL doesn't answer
 * @throws Error if the embedded database doesn't start
 */
export async function startDatabase(
  paths: StatePaths,
  say: (line: string) => void,
): Promise<RunDatabase> {
  const given = process.env["DATABASE_URL"];
  if (given) {
    await checkDatabase(given);
    return { databaseUrl: given, description: "the one of DATABASE_URL", server: null };
  }
  const options = {
    dataDir: paths.postgres,
    persistent: true,
    logFile: join(paths.logs, "postgres.log"),
  };
  const postgres = await startEmbeddedPostgres(options);
  const { port } = postgres;
  return {
    databaseUrl: postgres.url,
    description: `embedded, port ${port}, data in ${paths.postgres}`,
    server: keepRunning({
      name: "PostgreSQL",
      logFile: options.logFile,
      server: postgres,
      restart: () => startEmbeddedPostgres({ ...options, port }),
      say,
    }),
  };
}

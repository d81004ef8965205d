import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import type { PostgresAccount } from "./postgres-account.ts";
import { isRunning, stopProcess } from "./running-process.ts";
import { exitOf, spawnGuarded } from "./spawn-guarded.ts";

/** A server that runs until `stop()`, or until this process exits for any reason. */
export interface RunningPostgres {
  /** URL for the superuser and the database `postgres`. */
  url: string;
  port: number;
  pid: number;
  /**
   * Closes connections, writes everything to disk, and stops the server. Kills it after `graceMs`
   * (default 10 s), which loses no data but makes the next start slower. A server of
   * `startPostgres` also deletes its data unless it is persistent.
   */
  stop(graceMs?: number): Promise<void>;
  /** Ends the server immediately. */
  kill(): void;
}

/**
 * Starts the server on the cluster in `place` and resolves when it accepts connections. Resolves to
 * null if the server exits first. Its log then has the reason.
 * @throws Error if the cluster's password isn't `password`
 */
export async function launchPostgres(options: {
  postgres: string;
  place: string;
  port: number;
  account: PostgresAccount;
  settings: Record<string, string>;
  logFile: string;
  password: string;
}): Promise<RunningPostgres | null> {
  const { postgres, place, port, account, settings, logFile, password } = options;
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  // SIGINT is PostgreSQL's fast shutdown: it closes connections instead of waiting for them.
  const signal = "SIGINT";
  const child = spawnGuarded(postgres, ["-D", place, "-p", String(port), ...flags], {
    ...account,
    cwd: "/",
    logFile,
    logMode: "w",
    signal,
  });
  const exited = exitOf(child);
  const { pid } = child;
  if (pid === undefined) return exited;
  child.unref();

  const stop = (graceMs = 10_000): Promise<void> => stopProcess(pid, { signal, graceMs });
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const outcome = await Promise.race([waitUntilAnswering(url, pid), exited]);
  if (outcome === "wrong password") {
    await stop();
    throw new Error(
      `The database in ${place} was made with another password than the one kept beside it: ` +
        "move that folder away to start with an empty database.",
    );
  }
  if (outcome === null) return null;
  // SIGQUIT, since SIGKILL would leave the server's child processes running for a moment.
  return { url, port, pid, stop, kill: () => child.kill("SIGQUIT") };
}

async function waitUntilAnswering(
  url: string,
  pid: number,
): Promise<"answers" | "wrong password" | null> {
  while (isRunning(pid)) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on("error", () => {});
    try {
      await client.connect();
      return "answers";
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "28P01") {
        return "wrong password";
      }
      await sleep(25);
    } finally {
      await client.end().catch(() => {});
    }
  }
  return null;
}

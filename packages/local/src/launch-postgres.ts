import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { guardProcess, releaseProcess } from "./guard-process.ts";
import type { PostgresAccount } from "./postgres-account.ts";
import { isRunning, stopProcess } from "./running-process.ts";

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
  const log = openSync(logFile, "w", 0o600);
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  // Detached, so that Ctrl-C in a terminal reaches only this process, which stops things in order.
  const child = spawn(postgres, ["-D", place, "-p", String(port), ...flags], {
    ...account,
    cwd: "/",
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const exited = new Promise<null>((resolve) => {
    child.once("exit", () => resolve(null));
    child.once("error", () => resolve(null));
  });
  const { pid } = child;
  if (pid === undefined) return exited;
  guardProcess(pid, "SIGINT");
  void exited.then(() => releaseProcess(pid));
  child.unref();

  // SIGINT is PostgreSQL's fast shutdown: it closes connections instead of waiting for them.
  const stop = (graceMs = 10_000): Promise<void> => stopProcess(pid, { signal: "SIGINT", graceMs });
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

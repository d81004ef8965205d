import { Client } from "pg";
import type { PostgresAccount } from "./postgres-account.ts";
import { stopProcess } from "./running-process.ts";
import { waitForAnswer, type RunningServer } from "./running-server.ts";
import { exitOf, spawnGuarded } from "./spawn-guarded.ts";

/**
 * Starts the server on the cluster in `place` and resolves when it accepts connections. Its URL is
 * for the superuser and the database `postgres`. Stopping it closes connections and writes
 * everything to disk; killing it after `graceMs` (default 10 s) loses no data but makes the next
 * start slower. Resolves to null if the server exits first. Its log then has the reason.
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
}): Promise<RunningServer | null> {
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
  const outcome = await Promise.race([waitForAnswer(pid, () => tryToConnect(url)), exited]);
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

/** Resolves to null if the server doesn't accept connections yet. */
async function tryToConnect(url: string): Promise<"answers" | "wrong password" | null> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return "answers";
  } catch (error) {
    const isRefused = error instanceof Error && "code" in error && error.code === "28P01";
    return isRefused ? "wrong password" : null;
  } finally {
    await client.end().catch(() => {});
  }
}

import { rmSync } from "node:fs";
import { join } from "node:path";
import { readIfThere } from "./read-if-there.ts";
import { commandLineOf, stopProcess } from "./running-process.ts";

/** Stops the server, if any, that a killed process left running on the cluster in `place`. */
export async function endLeftOverPostgres(place: string): Promise<void> {
  const pidFile = join(place, "postmaster.pid");
  const pid = Number(readIfThere(pidFile).split("\n")[0]);
  if (!pid) return;
  // Another process may have reused the id. PostgreSQL refuses to start while that process runs.
  if (commandLineOf(pid).includes(`-D ${place} `)) {
    await stopProcess(pid, { signal: "SIGINT", graceMs: 10_000 });
  }
  rmSync(pidFile, { force: true });
}

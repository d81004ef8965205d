import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stopProcess } from "@loudhailer/local/running-process.ts";
import { spawnGuarded } from "@loudhailer/local/spawn-guarded.ts";
import { checkoutDir } from "../checkout.ts";
import { CliError } from "../cli-error.ts";
import type { ShutdownStack } from "../processes/shutdown-stack.ts";
import { takeUpLock } from "../state/up-lock.ts";
import { hashSources } from "./hash-sources.ts";
import { dashboardDir, dashboardEnvironment, nextProgram } from "./next-program.ts";

const builds = join(dashboardDir, ".next", "builds");
// Old builds are kept for switching between branches, and because a run may still serve one.
const keptBuilds = 3;

/**
 * Returns the folder, relative to the dashboard's, of the production build of the current sources.
 * Builds it only if it doesn't exist yet. Concurrent processes build it once.
 * @throws CliError with the end of the build's log if the build fails
 */
export async function buildDashboard(
  logs: string,
  stack: ShutdownStack,
  say: (line: string) => void,
): Promise<{ distDir: string }> {
  const name = await hashSources(checkoutDir);
  const distDir = join(".next", "builds", name);
  const completeFile = join(builds, name, "loudhailer-build-complete");
  mkdirSync(builds, { recursive: true });
  for (;;) {
    if (existsSync(completeFile)) {
      await utimes(join(builds, name), new Date(), new Date());
      return { distDir };
    }
    const lock = takeUpLock(join(builds, "build.lock"));
    if ("holder" in lock) {
      await sleep(200);
      continue;
    }
    try {
      if (existsSync(completeFile)) continue;
      say("Dashboard   building it, once for these sources …");
      await rm(join(builds, name), { recursive: true, force: true });
      await build(distDir, logs, stack);
      await writeFile(completeFile, "");
      await removeOldBuilds(name);
    } finally {
      lock.release();
    }
  }
}

async function build(distDir: string, logs: string, stack: ShutdownStack): Promise<void> {
  mkdirSync(logs, { recursive: true });
  const logFile = join(logs, "dashboard-build.log");
  const child = spawnGuarded(process.execPath, [nextProgram(), "build", dashboardDir], {
    env: { ...dashboardEnvironment(), NODE_ENV: "production", NEXT_DIST_DIR: distDir },
    logFile,
    logMode: "w",
    signal: "SIGTERM",
  });
  const exited = once(child, "exit");
  const { pid } = child;
  if (pid === undefined) throw new CliError(`${process.execPath} can't be started.`);
  let isOver = false;
  stack.add({
    stop: async (graceMs) => {
      if (!isOver) await stopProcess(pid, { graceMs });
    },
    kill: () => child.kill("SIGKILL"),
  });
  const [code]: unknown[] = await exited;
  isOver = true;
  if (code === 0) return;
  const end = readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-25);
  throw new CliError(
    [`The dashboard can't be built. The end of the log (${logFile}):`, ...end].join("\n"),
  );
}

async function removeOldBuilds(current: string): Promise<void> {
  const others = (await readdir(builds, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && entry.name !== current)
    .map(({ name }) => join(builds, name));
  const dated = await Promise.all(
    others.map(async (path) => ({ path, usedAt: (await stat(path)).mtimeMs })),
  );
  const old = dated.toSorted((a, b) => b.usedAt - a.usedAt).slice(keptBuilds - 1);
  await Promise.all(old.map(({ path }) => rm(path, { recursive: true, force: true })));
}

import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { readIfThere } from "./read-if-there.ts";

/** Returns true if a process with this id exists, under any owner. A zombie counts as gone. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  // /proc/PID/stat is "PID (name) STATE ...", and the name may contain any character.
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
}

/** Returns a process's command line, arguments joined by spaces, or "" if the process is gone. */
export function commandLineOf(pid: number): string {
  if (process.platform === "linux") {
    return readIfThere(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
  }
  try {
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}

/** Resolves to true as soon as the process is gone, or to false after `timeoutMs`. */
export async function waitUntilGone(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isRunning(pid)) {
    if (Date.now() >= deadline) return false;
    await sleep(20);
  }
  return true;
}

/** Sends `signal`, then SIGKILL after `graceMs`. Does nothing if the process is already gone. */
export async function stopProcess(
  pid: number,
  { signal = "SIGTERM", graceMs = 10_000 }: { signal?: NodeJS.Signals; graceMs?: number } = {},
): Promise<void> {
  for (const [next, waitMs] of [
    [signal, graceMs],
    ["SIGKILL", 5_000],
  ] as const) {
    try {
      process.kill(pid, next);
    } catch {
      return;
    }
    if (await waitUntilGone(pid, waitMs)) return;
  }
}

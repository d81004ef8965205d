import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { guardProcess, releaseProcess } from "./guard-process.ts";

/**
 * Starts a program that writes its output to `logFile`, and stops it with `signal` if this process
 * exits for any reason. If it can't be started, the child has no `pid` and emits `error`.
 */
export function spawnGuarded(
  command: string,
  args: readonly string[],
  {
    logFile,
    logMode,
    signal,
    ...options
  }: Omit<SpawnOptions, "detached" | "stdio" | "signal"> & {
    logFile: string;
    /** Whether to overwrite the log or append to it. */
    logMode: "w" | "a";
    signal: NodeJS.Signals;
  },
): ChildProcess {
  const log = openSync(logFile, logMode, 0o600);
  // Detached, so that Ctrl-C in a terminal reaches only this process, which stops things in order.
  const child = spawn(command, args, { ...options, detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) return child;
  guardProcess(pid, signal);
  child.once("exit", () => releaseProcess(pid));
  return child;
}

/** Resolves to null once the child has exited or couldn't be started. */
export function exitOf(child: ChildProcess): Promise<null> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve(null));
    child.once("error", () => resolve(null));
  });
}

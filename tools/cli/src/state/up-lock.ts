import { mkdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { commandLineOf, isRunning } from "@loudhailer/local/running-process.ts";

/**
 * Takes the checkout's state for this process, or returns the id of the running command that has
 * it. The lock is a link named after its holder: made in one step, id included, and worth nothing
 * once that process is gone.
 */
export function takeUpLock(file: string): { holder: number } | { release(): void } {
  mkdirSync(dirname(file), { recursive: true });
  for (;;) {
    try {
      symlinkSync(String(process.pid), file);
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    const holder = upLockHolder(file);
    if (holder !== null) return { holder };
    rmSync(file, { force: true });
  }
}

/** The id of the running command that holds the lock, or null. */
export function upLockHolder(file: string): number | null {
  try {
    const pid = Number(readlinkSync(file));
    // Process ids are used again: it must look like this command or like the tests that hold it.
    return isRunning(pid) && /node|vitest/.test(commandLineOf(pid)) ? pid : null;
  } catch {
    return null;
  }
}

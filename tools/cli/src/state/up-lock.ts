import { mkdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { commandLineOf, isRunning } from "@loudhailer/local/running-process.ts";

/**
 * Locks `file` for this process, or returns the id of the running command that holds the lock. The
 * lock is a symbolic link to its holder's process id. It is created atomically with the id and is
 * void once that process is gone.
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

/** Returns the process id of the running command that holds the lock, or null. */
export function upLockHolder(file: string): number | null {
  try {
    const pid = Number(readlinkSync(file));
    // Process ids are reused, so the process must be this command or a test that holds the lock.
    return isRunning(pid) && /node|vitest/.test(commandLineOf(pid)) ? pid : null;
  } catch {
    return null;
  }
}

import type { StatePaths } from "../checkout.ts";
import { CliError } from "../cli-error.ts";
import type { Output } from "../output.ts";
import { runStoppable } from "../processes/run-stoppable.ts";
import { removeRunFile } from "../state/run-file.ts";
import { takeUpLock } from "../state/up-lock.ts";
import { startEverything, type RunOptions, type StartedRun } from "./start-everything.ts";

/** A run whose services are all ready, and the signal that ends it. */
export interface ActiveRun extends StartedRun {
  stopRequested: AbortSignal;
}

/**
 * Starts everything and runs `work`. Stops everything in order when the work completes, fails, or
 * is ended by a signal. Resolves to `endedEarly: true` after a signal.
 * @throws CliError if another command holds the lock of this checkout, or the start fails
 * @throws the error that `work` throws
 */
export async function withRun(
  paths: StatePaths,
  output: Output,
  options: RunOptions,
  work: (active: ActiveRun) => Promise<void>,
): Promise<{ endedEarly: boolean }> {
  const lock = takeUpLock(paths.lock);
  if ("holder" in lock) {
    throw new CliError(
      `already running in this checkout (process ${lock.holder}; ` +
        `addresses in ${paths.runFile}): stop it with Ctrl-C there, or \`kill ${lock.holder}\`.`,
    );
  }
  try {
    return await runStoppable(output, async (stack, stopRequested) => {
      const started = await startEverything(paths, options, stack, output);
      await work({ ...started, stopRequested });
    });
  } finally {
    removeRunFile(paths.runFile);
    lock.release();
  }
}

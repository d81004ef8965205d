import type { StatePaths } from "../checkout.ts";
import { CliError } from "../cli-error.ts";
import type { Output } from "../output.ts";
import { runStoppable } from "../processes/run-stoppable.ts";
import { readRunFile } from "../state/run-file.ts";
import { takeUpLock } from "../state/up-lock.ts";
import { startDatabase } from "./start-database.ts";

/**
 * Runs `work` on the database of DATABASE_URL, or else of a running `up` or `demo`, or else on the
 * embedded one, which it starts only for `work`.
 * @throws CliError if the database of DATABASE_URL doesn't answer, another command is starting or
 *   using the embedded one, or a signal stops `work`
 * @throws the error that `work` throws
 */
export async function withDatabase(
  paths: StatePaths,
  output: Output,
  work: (databaseUrl: string) => Promise<void>,
): Promise<void> {
  if (process.env["DATABASE_URL"]) {
    const { databaseUrl } = await startDatabase(paths, output.say);
    await work(databaseUrl);
    return;
  }
  const lock = takeUpLock(paths.lock);
  if ("holder" in lock) {
    const running = readRunFile(paths.runFile);
    if (!running) {
      throw new CliError(
        `Another loudhailer command (process ${lock.holder}) is starting in this checkout: ` +
          "wait until it is up, or end it, and try again.",
      );
    }
    await work(running.databaseUrl);
    return;
  }
  try {
    const { endedEarly } = await runStoppable(output, async (stack) => {
      const { databaseUrl, server } = await startDatabase(paths, output.say);
      if (server) stack.add(server);
      await work(databaseUrl);
    });
    if (endedEarly) throw new CliError("Stopped before it was done.");
  } finally {
    lock.release();
  }
}

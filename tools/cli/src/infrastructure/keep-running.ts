import { setTimeout as sleep } from "node:timers/promises";
import { isRunning } from "@loudhailer/local/running-process.ts";
import { withTimeout } from "@loudhailer/runtime/with-timeout.ts";
import type { Stoppable } from "../processes/shutdown-stack.ts";

const checkEveryMs = 500;
// PostgreSQL refuses to start while a process of the killed server is still ending.
const quietTries = 5;

/** A server on this machine and its process id. */
export type LocalServer = Stoppable & { pid: number };

/**
 * Calls `restart` whenever the server's process is gone, until the server is stopped. `restart`
 * must use the same port and data. Prints one line per restart with `say`, and another one if the
 * server doesn't start. The returned object stops or kills the current server, even during a
 * restart.
 */
export function keepRunning({
  name,
  logFile,
  server,
  restart,
  say,
}: {
  name: string;
  logFile: string;
  server: LocalServer;
  restart(): Promise<LocalServer>;
  say(line: string): void;
}): Stoppable {
  let current = server;
  let restarting: Promise<void> | undefined;
  const stopped = new AbortController();

  const startAgain = async (): Promise<void> => {
    say(`${name} ended; starting it again`);
    for (let tries = 1; !stopped.signal.aborted; tries++) {
      try {
        current = await restart();
        return;
      } catch {
        if (tries === quietTries) say(`${name} does not start; trying on (its log: ${logFile})`);
        await sleep(checkEveryMs);
      }
    }
  };
  const timer = setInterval(() => {
    if (restarting || isRunning(current.pid)) return;
    restarting = startAgain().finally(() => (restarting = undefined));
  }, checkEveryMs);
  const endWatch = (): void => {
    stopped.abort();
    clearInterval(timer);
  };
  const kill = (): void => {
    endWatch();
    current.kill();
    void restarting?.then(() => current.kill());
  };

  return {
    stop: async (graceMs) => {
      endWatch();
      const deadline = performance.now() + graceMs;
      if (!(await endsWithin(restarting, graceMs))) return kill();
      await current.stop(Math.max(checkEveryMs, deadline - performance.now()));
    },
    kill,
  };
}

async function endsWithin(work: Promise<void> | undefined, timeoutMs: number): Promise<boolean> {
  if (!work) return true;
  return withTimeout(work, timeoutMs).then(
    () => true,
    () => false,
  );
}

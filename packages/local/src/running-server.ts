import { setTimeout as sleep } from "node:timers/promises";
import { findFreePort } from "./free-port.ts";
import { isRunning } from "./running-process.ts";

/** A server that runs until `stop()`, or until this process exits for any reason. */
export interface RunningServer {
  url: string;
  port: number;
  pid: number;
  /** Stops the server in order, and kills it after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
  /** Ends the server immediately. */
  kill(): void;
}

const triesMax = 3;

/**
 * Launches a server on `port` or, if that is undefined, on a free port. Another program may take a
 * free port before the server does, so it tries up to three. Resolves to null if all tries do.
 */
export async function launchOnPort(
  port: number | undefined,
  launch: (port: number) => Promise<RunningServer | null>,
): Promise<RunningServer | null> {
  if (port !== undefined) return launch(port);
  for (let tries = 0; tries < triesMax; tries++) {
    const server = await launch(await findFreePort());
    if (server) return server;
  }
  return null;
}

/** Repeats `ask` until it resolves to an answer. Resolves to null if the process ends first. */
export async function waitForAnswer<T>(
  pid: number,
  ask: () => Promise<T | null>,
): Promise<T | null> {
  while (isRunning(pid)) {
    const answer = await ask();
    if (answer !== null) return answer;
    await sleep(25);
  }
  return null;
}

import { setTimeout as sleep } from "node:timers/promises";
import { CliError } from "../cli-error.ts";

const readyMsMax = 60_000;

/**
 * Resolves when `readyUrl` answers with a 2xx status.
 * @throws CliError with the log's path if that takes more than 60 s
 */
export async function waitUntilReady({
  name,
  readyUrl,
  logFile,
}: {
  name: string;
  readyUrl: string;
  logFile: string;
}): Promise<void> {
  const deadline = performance.now() + readyMsMax;
  while (performance.now() < deadline) {
    if (await answersOk(readyUrl)) return;
    await sleep(50);
  }
  throw new CliError(`${name} was not ready after ${readyMsMax / 1000} s. Its log: ${logFile}`);
}

async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

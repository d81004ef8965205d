import { setTimeout as wait } from "node:timers/promises";
import type { Log } from "./log.ts";

const failedPauseMsMax = 2_000;

/**
 * Runs `work` repeatedly with `pauseMs` in between, never twice at once. After a failure it
 * retries after pauses that grow to 2 s, and logs the first failure and the recovery, not each
 * attempt. `close` aborts the signal passed to `work` and waits for the current run.
 */
export function startLoop(
  name: string,
  pauseMs: number,
  work: (signal: AbortSignal) => Promise<unknown>,
  log: Log,
): { close(): Promise<void> } {
  const closing = new AbortController();
  const { signal } = closing;
  async function run(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        await work(signal);
        if (failures > 0) log.info({ loop: name, failures }, "background work goes on");
        failures = 0;
      } catch (error) {
        if (failures === 0) log.error({ err: error, loop: name }, "background work fails");
        failures++;
      }
      const pause = failures === 0 ? pauseMs : Math.min(pauseMs * 2 ** failures, failedPauseMsMax);
      // Rejects only when `close` cuts the pause short.
      await wait(pause, undefined, { signal }).catch(() => undefined);
    }
  }
  const running = run();
  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}

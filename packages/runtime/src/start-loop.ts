import { setTimeout as wait } from "node:timers/promises";
import type { Log } from "./log.ts";

const failedPauseMsMax = 2_000;

/**
 * Runs `work` over and over with `pauseMs` in between, never twice at once. A failure is tried
 * again after pauses that grow to 2 s; its begin and its end are logged, not each try. `close`
 * aborts the signal that `work` is given, and waits for the run under way.
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

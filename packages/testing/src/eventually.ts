import { setTimeout as sleep } from "node:timers/promises";

/**
 * Repeats `attempt` until it neither throws nor returns false, and resolves to its result.
 * @throws the last attempt's error, or Error if it returned false, after `timeoutMs` (default 10 s)
 */
export async function eventually<T>(
  attempt: () => T | false | Promise<T | false>,
  { timeoutMs = 10_000, everyMs = 20 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let failure: unknown;
    try {
      const result = await attempt();
      if (result !== false) return result;
      failure = new Error(`Still false after ${timeoutMs} ms.`);
    } catch (error) {
      failure = error;
    }
    if (performance.now() >= deadline) throw failure;
    await sleep(everyMs);
  }
}

import type { Output } from "../output.ts";
import { createShutdownStack, type ShutdownStack } from "./shutdown-stack.ts";

// Stop within 15 s: 12 s for stopping as each one likes, the rest for those that had to be killed.
const graceMs = 12_000;

/**
 * Does `work` and then stops everything that it put on the stack. Ctrl-C, SIGTERM and SIGHUP end
 * the work early, a second one kills all at once and ends this process. Returns whether the work
 * was ended early.
 * @throws what `work` threw, once everything is stopped
 */
export async function runStoppable(
  output: Output,
  work: (stack: ShutdownStack, stopRequested: AbortSignal) => Promise<void>,
): Promise<{ endedEarly: boolean }> {
  const stack = createShutdownStack({ graceMs });
  const stop = new AbortController();
  const stopRequested = new Promise<void>((resolve) => {
    stop.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  const onSignal = (): void => {
    if (stop.signal.aborted) {
      stack.killAll();
      process.exit(130);
    }
    output.say("Stopping … (again to end everything at once)");
    stop.abort();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  try {
    await Promise.race([
      stopRequested,
      work(stack, stop.signal).catch((error: unknown) => {
        // What fails because it is being stopped is no news.
        if (!stop.signal.aborted) throw error;
      }),
    ]);
  } finally {
    await stack.stopAll();
    for (const signal of signals) process.off(signal, onSignal);
  }
  return { endedEarly: stop.signal.aborted };
}

import type { Output } from "../output.ts";
import { createShutdownStack, type ShutdownStack } from "./shutdown-stack.ts";

// Stopping takes up to 15 s: 12 s for orderly stops, the rest for processes that must be killed.
const graceMs = 12_000;

/**
 * Runs `work` and then stops everything that `work` put on the stack. Ctrl-C, SIGTERM, and SIGHUP
 * end the work early. A second signal kills everything immediately and exits this process. Resolves
 * to whether the work ended early.
 * @throws the error that `work` throws, once everything is stopped
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
        // A failure during the stop is expected.
        if (!stop.signal.aborted) throw error;
      }),
    ]);
  } finally {
    await stack.stopAll();
    for (const signal of signals) process.off(signal, onSignal);
  }
  return { endedEarly: stop.signal.aborted };
}

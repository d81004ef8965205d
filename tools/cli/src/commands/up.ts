import { once } from "node:events";

import { statePaths } from "../checkout.ts";
import type { Output } from "../output.ts";
import { describeRun } from "../run/describe-run.ts";
import { withRun } from "../run/with-run.ts";

// Meta's highest throughput: whatever rate a number is given, the simulator lets it through.
const simulatedMessagesPerSecond = 1_000;

/** `up`: runs everything until it is told to stop. */
export async function up(
  options: { replicas: number; production: boolean },
  output: Output,
): Promise<void> {
  const paths = statePaths();
  const simulator = { messagesPerSecond: simulatedMessagesPerSecond };
  await withRun(paths, output, { ...options, simulator }, async ({ run, login, stopRequested }) => {
    output.say(describeRun(run, login));
    output.say(`Logs        ${paths.logs}`);
    output.say("Loudhailer is up. Ctrl-C stops it.");
    await once(stopRequested, "abort");
  });
}

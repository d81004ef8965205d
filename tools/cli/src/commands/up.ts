import { once } from "node:events";
import { statePaths } from "../checkout.ts";
import { fillDemoOrganization } from "../demo/fill-demo-organization.ts";
import { demoNumber } from "../infrastructure/demo-number.ts";
import type { Output } from "../output.ts";
import { describeRun } from "../run/describe-run.ts";
import type { RunOptions } from "../run/start-everything.ts";
import { withRun } from "../run/with-run.ts";

// Meta's highest throughput, so that the simulator accepts any sending rate of a number.
const simulatedMessagesPerSecond = 1_000;

/** Runs `up`: starts everything and keeps it running until a stop is requested. */
export async function up(
  options: Pick<RunOptions, "replicas" | "production" | "dashboard">,
  output: Output,
): Promise<void> {
  const paths = statePaths();
  const simulator = { messagesPerSecond: simulatedMessagesPerSecond };
  const runOptions = { ...options, simulator, announceAfter: "dashboard" as const };
  await withRun(paths, output, runOptions, async (active) => {
    const { run, login, dashboardReady, stopRequested } = active;
    // Sample data is for people in the dashboard. Programs start with an empty organization.
    if (run.simulatorUrl !== null && run.dashboardUrl !== null) {
      const { apiKey } = login;
      const { phoneNumberId } = demoNumber();
      await fillDemoOrganization(
        { apiUrl: run.apiUrl, apiKey, phoneNumberId, dir: paths.dir },
        output,
      );
    }
    await dashboardReady;
    output.say(describeRun(run, login));
    output.say(`Logs        ${paths.logs}`);
    output.say("Loudhailer is up. Ctrl-C stops it.");
    await once(stopRequested, "abort");
  });
}

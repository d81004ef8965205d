import { once } from "node:events";
import { statePaths } from "../checkout.ts";
import { fillDemoOrganization } from "../demo/fill-demo-organization.ts";
import { demoNumber } from "../infrastructure/demo-number.ts";
import type { Output } from "../output.ts";
import { describeRun } from "../run/describe-run.ts";
import type { RunOptions } from "../run/start-everything.ts";
import { withRun } from "../run/with-run.ts";

// Meta's highest throughput: whatever rate a number is given, the simulator lets it through.
const simulatedMessagesPerSecond = 1_000;

/** `up`: runs everything until it is told to stop. */
export async function up(
  options: Pick<RunOptions, "replicas" | "production" | "dashboard">,
  output: Output,
): Promise<void> {
  const paths = statePaths();
  const simulator = { messagesPerSecond: simulatedMessagesPerSecond };
  await withRun(paths, output, { ...options, simulator }, async ({ run, login, stopRequested }) => {
    // For whoever looks at it; programs find it empty.
    if (run.simulatorUrl !== null && run.dashboardUrl !== null) {
      const { apiKey } = login;
      const { phoneNumberId } = demoNumber();
      await fillDemoOrganization(
        { apiUrl: run.apiUrl, apiKey, phoneNumberId, dir: paths.dir },
        output,
      );
    }
    output.say(describeRun(run, login));
    output.say(`Logs        ${paths.logs}`);
    output.say("Loudhailer is up. Ctrl-C stops it.");
    await once(stopRequested, "abort");
  });
}

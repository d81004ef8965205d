import { once } from "node:events";
import { statePaths } from "../checkout.ts";
import { CliError } from "../cli-error.ts";
import { chooseContacts } from "../demo/choose-contacts.ts";
import { runDemo } from "../demo/run-demo.ts";
import { demoNumber, usesSimulator } from "../infrastructure/demo-number.ts";
import type { Output } from "../output.ts";
import { describeRun } from "../run/describe-run.ts";
import { withRun } from "../run/with-run.ts";

/** Command-line options of `demo`. */
export interface DemoOptions {
  contacts?: string;
  country?: string;
  recipients?: number;
  rate: number;
  dashboard: boolean;
  exit?: true;
  json?: true;
}

// Typical failures of a clean contact list: unreachable numbers, capped marketing messages, lost
// answers. No simulated contact stops marketing messages: it would be opted out, and a second demo
// would count fewer recipients.
const simulatedOutcomes = {
  undeliverable: 0.015,
  marketingCapped: 0.005,
  cutAfter: 0.002,
};

/**
 * Runs `demo`: starts the same services as `up`, sends a broadcast to the simulator, and follows it
 * to its end. Prepares the dashboard meanwhile, unless the demo exits at the end. Sets exit code 1
 * if the counts don't match the simulator's ledger.
 * @throws CliError if META_GRAPH_URL is set, the contacts can't be read, or the run fails
 */
export async function demo(options: DemoOptions, output: Output): Promise<void> {
  if (!usesSimulator()) {
    throw new CliError(
      "demo sends to made-up people, so it never sends to the real Meta: unset META_GRAPH_URL, " +
        "or use `up` and launch a broadcast yourself.",
    );
  }
  const paths = statePaths();
  const contacts = await chooseContacts(options, paths.dir);
  const simulator = { messagesPerSecond: options.rate, ...simulatedOutcomes };
  const runOptions = {
    replicas: 1,
    production: false,
    // With --exit, the demo ends before it could be opened.
    dashboard: options.dashboard && !options.exit ? ("built" as const) : ("none" as const),
    simulator,
    announceAfter: "services" as const,
  };
  let isDone = false;
  const { endedEarly } = await withRun(paths, output, runOptions, async (active) => {
    const { run, login, dashboardReady, stopRequested } = active;
    const { result, disagreements } = await runDemo(
      {
        apiUrl: run.apiUrl,
        apiKey: login.apiKey,
        simulatorUrl: run.simulatorUrl ?? "",
        phoneNumberId: demoNumber().phoneNumberId,
        messagesPerSecond: options.rate,
        contacts,
        logs: paths.logs,
      },
      output,
    );
    for (const disagreement of disagreements) output.say(`Wrong: ${disagreement}`);
    if (disagreements.length > 0) process.exitCode = 1;
    // The result doesn't depend on the dashboard, whose build may fail.
    if (options.json) console.log(JSON.stringify(result));
    isDone = true;
    await dashboardReady;
    if (options.exit) return;
    output.say(describeRun(run, login));
    output.say("Loudhailer stays up. Ctrl-C stops it.");
    await once(stopRequested, "abort");
  });
  if (endedEarly && !isDone) process.exitCode = 130;
}

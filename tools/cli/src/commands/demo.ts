import { once } from "node:events";
import { statePaths } from "../checkout.ts";
import { CliError } from "../cli-error.ts";
import { chooseContacts } from "../demo/choose-contacts.ts";
import { runDemo } from "../demo/run-demo.ts";
import { demoNumber, usesSimulator } from "../infrastructure/demo-number.ts";
import type { Output } from "../output.ts";
import { describeRun } from "../run/describe-run.ts";
import { withRun } from "../run/with-run.ts";

/** What `demo` takes on the command line. */
export interface DemoOptions {
  contacts?: string;
  country?: string;
  recipients?: number;
  rate: number;
  dashboard: boolean;
  exit?: true;
  json?: true;
}

// What a clean list meets: unreachable, capped, an answer that got lost. Nobody stops our marketing:
// who does is opted out, and a second demo would count fewer.
const simulatedOutcomes = {
  undeliverable: 0.015,
  marketingCapped: 0.005,
  cutAfter: 0.002,
};

/**
 * `demo`: everything of `up`, then a broadcast to the simulator, followed to its end. The exit code
 * is 1 where the counts do not agree with the simulator's ledger.
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
    dashboard: options.dashboard ? ("built" as const) : ("none" as const),
    simulator,
  };
  let isDone = false;
  const { endedEarly } = await withRun(paths, output, runOptions, async (active) => {
    const { run, login, stopRequested } = active;
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
    isDone = true;
    if (options.json) console.log(JSON.stringify(result));
    if (options.exit) return;
    output.say(describeRun(run, login));
    output.say("Loudhailer stays up. Ctrl-C stops it.");
    await once(stopRequested, "abort");
  });
  if (endedEarly && !isDone) process.exitCode = 130;
}

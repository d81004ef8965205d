import { addOperator } from "./add-operator.ts";
import { chosen, type BenchOptions } from "./bench-options.ts";
import { measureAgain } from "./million/measure-again.ts";
import type { MillionBench } from "./million/million-bench.ts";
import { measureResumeAndLosses } from "./million/resume-and-losses.ts";
import { startStack } from "./start-stack.ts";

const recipientsDefault = 1_500_000;
/** Low, so that no broadcast ends while it is measured. */
const messagesPerSecond = 20;

const scenarios = [
  { name: "resume", run: measureResumeAndLosses },
  { name: "retry-failed", run: (bench: MillionBench) => measureAgain(bench, "retry-failed") },
  { name: "resend-unknown", run: (bench: MillionBench) => measureAgain(bench, "resend-unknown") },
];

/**
 * Measures what an operator and the engine do to a broadcast of 1.5 million recipients: resume,
 * refill of a lost queue, the sweep after a dispatcher's death, retry, and resend. Its rows are
 * made by SQL, as sending leaves them.
 */
export async function benchMillion(options: BenchOptions): Promise<object> {
  const wanted = chosen(scenarios, options);
  const recipients = options.recipients ?? recipientsDefault;
  const stack = await startStack(["--no-pair-rate", "--latency-ms", "20"]);
  try {
    const operator = await addOperator(stack, { phoneNumberId: "901", messagesPerSecond }, 1);
    const bench = { stack, operator, recipients };
    const results: object[] = [];
    for (const { name, run } of wanted) {
      if (name !== "resume") await stack.startDispatcher();
      results.push({ name, ...(await run(bench)) });
      console.error(JSON.stringify(results.at(-1)));
    }
    return { recipients, scenarios: results };
  } finally {
    await stack.close();
  }
}

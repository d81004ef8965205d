import { chosen, type BenchOptions } from "./bench-options.ts";
import { chaosScenarios } from "./chaos-scenarios.ts";
import { runDisturbed, type ChaosScenario, type ChaosSetup } from "./run-disturbed.ts";
import { startChaos } from "./start-chaos.ts";

const runsDefault = 1;

/**
 * Breaks things during a broadcast and checks the guarantees: no duplicates, no lost recipients,
 * and counters equal to the rows. Runs each scenario `--runs` times; one violation is a failure.
 */
export async function benchChaos(options: BenchOptions): Promise<object> {
  const scenarios = chosen(chaosScenarios, options);
  const setup = await startChaos();
  const results: object[] = [];
  try {
    for (const scenario of scenarios) {
      results.push(await runScenario(setup, scenario, options.runs ?? runsDefault));
    }
    return { scenarios: results };
  } finally {
    await setup.close();
  }
}

async function runScenario(setup: ChaosSetup, scenario: ChaosScenario, runs: number) {
  const { name } = scenario;
  const failures: { run: number; violations: string[] }[] = [];
  let seconds = 0;
  let unknown = 0;
  let busiestSecondOverRate = 0;
  for (let run = 1; run <= runs; run++) {
    const ended = await runDisturbed(setup, scenario);
    console.error(JSON.stringify({ name, run, ...ended }));
    if (ended.violations.length > 0) failures.push({ run, violations: ended.violations });
    seconds += ended.seconds;
    unknown += ended.unknown;
    busiestSecondOverRate = Math.max(busiestSecondOverRate, ended.busiestSecondOverRate);
  }
  return { name, runs, failures, seconds, unknown, busiestSecondOverRate };
}

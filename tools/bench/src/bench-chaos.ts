import { chosen, type BenchOptions } from "./bench-options.ts";
import type { ChaosScenario } from "./chaos-scenario.ts";
import { chaosScenarios } from "./chaos-scenarios.ts";
import { runDisturbed, type DisturbedRun } from "./run-disturbed.ts";
import { startChaos } from "./start-chaos.ts";
import type { DatabaseFront } from "./start-infrastructure.ts";

const runsDefault = 1;

type Setup = Awaited<ReturnType<typeof startChaos>>;

/**
 * Breaks things during a broadcast and checks the guarantees: no duplicates, no lost recipients,
 * and counters equal to the rows. Runs each scenario `--runs` times; one violation is a failure.
 */
export async function benchChaos(options: BenchOptions): Promise<object> {
  const scenarios = chosen(chaosScenarios, options);
  const results: object[] = [];
  for (const front of ["none", "proxy", "standby"] as const) {
    const setups = openSetups(front);
    try {
      for (const scenario of scenarios.filter((one) => (one.front ?? "none") === front)) {
        results.push(await runScenario(scenario, options.runs ?? runsDefault, setups.next));
      }
    } finally {
      await setups.close();
    }
  }
  return { scenarios: results };
}

/** Starts a setup when it is first needed; one with a standby is used once. */
function openSetups(front: DatabaseFront) {
  let setup: Setup | undefined;
  const close = async () => {
    await setup?.close();
    setup = undefined;
  };
  return {
    async next(): Promise<Setup> {
      if (front === "standby") await close();
      return (setup ??= await startChaos(front));
    },
    close,
  };
}

async function runScenario(
  scenario: ChaosScenario,
  runs: number,
  nextSetup: () => Promise<Setup>,
): Promise<object> {
  const { name } = scenario;
  const failures: { run: number; violations: string[] }[] = [];
  const ended: DisturbedRun[] = [];
  for (let run = 1; run <= runs; run++) {
    const result = await runDisturbed(await nextSetup(), scenario);
    console.error(JSON.stringify({ name, run, ...result }));
    ended.push(result);
    if (result.skipped !== undefined) break;
    if (result.violations.length > 0) failures.push({ run, violations: result.violations });
  }
  const skipped = ended.at(-1)?.skipped;
  if (skipped !== undefined) return { name, skipped };
  const sumOf = (field: "seconds" | "unknown") => ended.reduce((sum, run) => sum + run[field], 0);
  return {
    name,
    runs,
    failures,
    seconds: sumOf("seconds"),
    unknown: sumOf("unknown"),
    busiestSecondOverRate: Math.max(...ended.map((run) => run.busiestSecondOverRate)),
    notes: ended.map(({ notes }) => notes),
  };
}

import { chosen, type BenchOptions } from "./bench-options.ts";
import { openDispatchers, type Dispatchers } from "./open-dispatchers.ts";
import { putFirst } from "./put-first.ts";
import type { OwnerEvent } from "./rate-silence.ts";
import { runRate } from "./run-rate.ts";
import { runThrottled } from "./run-throttled.ts";
import { startEngine } from "./start-engine.ts";
import { startInfrastructure, type Infrastructure } from "./start-infrastructure.ts";

/** Database, simulator, and dispatchers that all scenarios share. */
export interface RateBench extends Pick<Infrastructure, "db" | "simulator"> {
  dispatchers: Dispatchers;
  /** Returns a phone number ID that no scenario has used before. */
  nextNumber(): string;
}

const rates = [20, 80, 250, 1_000];

/** An only dispatcher that stands still leaves no other to send, so it isn't measured. */
const dispatchersFor: Record<OwnerEvent, number[]> = {
  left: [1, 2, 4],
  killed: [1, 2, 4],
  stopped: [2, 4],
};

const steady = (event: OwnerEvent, prefix: string) =>
  rates.flatMap((messagesPerSecond) =>
    dispatchersFor[event].map((dispatchers) => ({
      name: `${prefix}${messagesPerSecond}x${dispatchers}`,
      run: (bench: RateBench) => runRate(bench, { messagesPerSecond, dispatchers, event }),
    })),
  );

const throttled = [
  { configured: 240, real: 80 },
  { configured: 999, real: 333 },
].flatMap(({ configured, real }) =>
  [1, 2].map((count) => ({
    name: `throttled-${configured}-${real}x${count}`,
    run: (bench: RateBench) => runThrottled(bench, { configured, real, dispatchers: count }),
  })),
);

/**
 * Measures how exactly a number keeps its rate, by the simulator's clock: the share of the rate
 * that was used and the busiest rolling second, while dispatchers leave and join. Also measures how
 * soon a number finds Meta's limit if that is lower than the configured one.
 */
export async function benchRate(options: BenchOptions): Promise<object> {
  const scenarios = chosen(
    [
      ...steady("left", ""),
      ...steady("killed", "killed-"),
      ...steady("stopped", "stopped-"),
      ...throttled,
    ],
    options,
  );
  const infrastructure = await startInfrastructure(["--no-pair-rate", "--latency-ms", "20"]);
  putFirst(infrastructure);
  const engine = startEngine(infrastructure);
  let number = 700;
  const bench: RateBench = {
    db: infrastructure.db,
    simulator: infrastructure.simulator,
    dispatchers: openDispatchers(infrastructure),
    nextNumber: () => String(number++),
  };
  const results: object[] = [];
  try {
    for (const { name, run } of scenarios) {
      const result = { name, ...(await run(bench)) };
      console.error(JSON.stringify(result));
      results.push(result);
    }
    return { scenarios: results };
  } finally {
    await engine.close();
    await infrastructure.close();
  }
}

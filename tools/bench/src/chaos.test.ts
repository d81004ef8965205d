import { afterAll, beforeAll, expect, test } from "vitest";
import type { ChaosScenario } from "./chaos-scenario.ts";
import { killDispatchers, mixed, restartPostgres, restartRedis } from "./chaos-scenarios.ts";
import { runDisturbed } from "./run-disturbed.ts";
import { startChaos } from "./start-chaos.ts";

// `bench chaos` runs the long form. Claims of a killed dispatcher become unknown after 15 s.
const timeoutMs = 120_000;

let chaos: Awaited<ReturnType<typeof startChaos>>;

beforeAll(async () => {
  chaos = await startChaos();
}, timeoutMs);

afterAll(() => chaos.close(), timeoutMs);

test.for<[string, ChaosScenario]>([
  ["dispatchers are killed", killDispatchers(2, 6)],
  ["Redis stops and restarts empty", restartRedis(2_000, 8)],
  ["PostgreSQL stops and restarts", restartPostgres(2_000, 8)],
  ["many failures occur together", mixed(10)],
])(
  "a broadcast has no duplicates, no lost recipients, and counters equal to its rows when %s",
  { timeout: timeoutMs },
  async ([, scenario]) => {
    expect((await runDisturbed(chaos, scenario)).violations).toEqual([]);
  },
);

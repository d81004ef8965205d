import { afterAll, beforeAll, expect, test } from "vitest";
import { killDispatchers, mixed, restartPostgres, restartRedis } from "./chaos-scenarios.ts";
import { runDisturbed, type ChaosScenario } from "./run-disturbed.ts";
import { startChaos } from "./start-chaos.ts";

// The long form is `bench chaos`. What is lost with a dispatcher is given up after 15 s.
const timeoutMs = 120_000;

let chaos: Awaited<ReturnType<typeof startChaos>>;

beforeAll(async () => {
  chaos = await startChaos();
}, timeoutMs);

afterAll(() => chaos.close(), timeoutMs);

test.for<[string, ChaosScenario]>([
  ["dispatchers are killed", killDispatchers(2, 6)],
  ["Redis goes and comes back empty", restartRedis(2_000, 8)],
  ["PostgreSQL goes and comes back", restartPostgres(2_000, 8)],
  ["everything goes wrong at once", mixed(10)],
])(
  "nobody is told twice and nobody lost, and the counters equal the rows, when %s",
  { timeout: timeoutMs },
  async ([, scenario]) => {
    expect((await runDisturbed(chaos, scenario)).violations).toEqual([]);
  },
);

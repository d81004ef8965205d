import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { openFleet } from "./open-fleet.ts";
import type { ChaosSetup } from "./run-disturbed.ts";
import { startStack } from "./start-stack.ts";

/** Starts everything that the chaos scenarios need, with three dispatchers. */
export async function startChaos(): Promise<ChaosSetup & { close(): Promise<void> }> {
  const stack = await startStack([
    "--no-pair-rate",
    "--latency-ms",
    "30",
    "--undeliverable",
    "0.01",
  ]);
  const db = createDb(createPool({ connectionString: stack.infrastructure.databaseUrl }));
  const fleet = await openFleet(stack.infrastructure, 3);
  return {
    stack,
    db,
    fleet,
    async close() {
      await fleet.complete();
      await db.destroy();
      await stack.close();
    },
  };
}

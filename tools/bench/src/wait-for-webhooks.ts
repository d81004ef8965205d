import { setTimeout as wait } from "node:timers/promises";
import type { SimulatorClient } from "./simulator-client.ts";

const webhooksMsMax = 90_000;

/**
 * Waits up to 90 s until every webhook of the simulator is acknowledged. Returns whether all are.
 */
export async function areWebhooksTaken(simulator: SimulatorClient): Promise<boolean> {
  const deadline = performance.now() + webhooksMsMax;
  while (performance.now() < deadline) {
    if ((await simulator.ledger()).pendingWebhooks === 0) return true;
    await wait(100);
  }
  return false;
}

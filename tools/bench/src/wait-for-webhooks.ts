import { setTimeout as wait } from "node:timers/promises";
import type { SimulatorClient } from "./simulator-client.ts";

const webhooksMsMax = 90_000;

/** Whether within 90 s every status that the simulator had to tell was taken. */
export async function areWebhooksTaken(simulator: SimulatorClient): Promise<boolean> {
  const deadline = performance.now() + webhooksMsMax;
  while (performance.now() < deadline) {
    if ((await simulator.ledger()).pendingWebhooks === 0) return true;
    await wait(100);
  }
  return false;
}

import type { ChaosSetup } from "./chaos-scenario.ts";
import { openFleet } from "./open-fleet.ts";
import type { DatabaseFront } from "./start-infrastructure.ts";
import { startStack } from "./start-stack.ts";

/** Starts everything that the chaos scenarios need, with three dispatchers. */
export async function startChaos(
  front: DatabaseFront = "none",
): Promise<ChaosSetup & { close(): Promise<void> }> {
  const flags = ["--no-pair-rate", "--latency-ms", "30", "--undeliverable", "0.01"];
  // An edited template is approved at once: meanwhile, Meta would refuse its messages.
  flags.push("--template-review-ms", "0");
  const stack = await startStack(flags, front);
  const fleet = await openFleet(stack, 3);
  return {
    stack,
    fleet,
    async close() {
      await fleet.complete();
      await stack.close();
    },
  };
}

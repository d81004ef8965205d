import { recoverRates } from "@loudhailer/pacing/recover-rates.ts";
import { startLoop } from "@loudhailer/runtime/start-loop.ts";
import { completeBroadcasts } from "./complete-broadcasts.ts";
import type { EngineDeps } from "./engine-deps.ts";
import { openNumberFeeder } from "./feed-numbers.ts";
import { forgetMessagingLimitUses } from "./forget-messaging-limit-uses.ts";
import { launchDueBroadcasts } from "./launch-due-broadcasts.ts";
import { prepareNextSlice } from "./prepare-broadcast.ts";
import { sweepCanceledBroadcasts, type CanceledLooks } from "./sweep-canceled-broadcasts.ts";
import { sweepDeadDispatchers } from "./sweep-dead-dispatchers.ts";

/**
 * The background work of every API replica: prepares what was launched, feeds the numbers'
 * queues, ends broadcasts, and cares for schedules, dead dispatchers and throttled rates.
 * Replicas share it through row locks; any of them may die at any moment.
 */
export function startBroadcastEngine(deps: EngineDeps): { close(): Promise<void> } {
  const feeder = openNumberFeeder(deps);
  const canceledLooks: CanceledLooks = new Map();
  // A loop each: what holds one up, such as an absent Redis, must not hold up the others.
  const loops = [
    startLoop("prepare", 100, (signal) => prepare(deps, signal), deps.log),
    startLoop("feed", 100, () => feeder.look(), deps.log),
    startLoop("complete", 100, () => completeBroadcasts(deps), deps.log),
    startLoop("launch due", 500, () => launchDueBroadcasts(deps), deps.log),
    startLoop("sweep canceled", 200, () => sweepCanceledBroadcasts(deps, canceledLooks), deps.log),
    startLoop("sweep", 1_000, () => sweepDeadDispatchers(deps), deps.log),
    startLoop("recover rates", 1_000, () => recoverRates(deps.engineDb), deps.log),
    startLoop("forget uses", 600_000, () => forgetMessagingLimitUses(deps), deps.log),
  ];
  return {
    async close() {
      await Promise.all(loops.map((loop) => loop.close()));
      await feeder.close();
    },
  };
}

async function prepare(deps: EngineDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await prepareNextSlice(deps)) !== null);
}

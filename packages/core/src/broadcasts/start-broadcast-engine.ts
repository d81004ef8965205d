import { completeBroadcasts } from "./complete-broadcasts.ts";
import type { EngineDeps } from "./engine-deps.ts";
import { feedNumber, type RewindTimes } from "./feed-number.ts";
import { findSendingNumbers } from "./find-sending-numbers.ts";
import { launchDueBroadcasts } from "./launch-due-broadcasts.ts";
import { prepareNextBroadcast } from "./prepare-broadcast.ts";
import { recoverRates } from "./recover-rates.ts";
import { startLoop } from "./start-loop.ts";
import { sweepDeadDispatchers } from "./sweep-dead-dispatchers.ts";

/**
 * The background work of every API replica: prepares what was launched, feeds the numbers'
 * queues, ends broadcasts, and cares for schedules, dead dispatchers and throttled rates.
 * Replicas share it through row locks; any of them may die at any moment.
 */
export function startBroadcastEngine(deps: EngineDeps): { close(): Promise<void> } {
  const rewinds: RewindTimes = new Map();
  // A loop each: what holds one up, such as an absent Redis, must not hold up the others.
  const loops = [
    startLoop("prepare", 100, () => prepareNextBroadcast(deps), deps.log),
    startLoop("feed", 100, () => feed(deps, rewinds), deps.log),
    startLoop("complete", 100, () => completeBroadcasts(deps), deps.log),
    startLoop("launch due", 500, () => launchDueBroadcasts(deps), deps.log),
    startLoop("sweep", 1_000, () => sweepDeadDispatchers(deps), deps.log),
    startLoop("recover rates", 1_000, () => recoverRates(deps), deps.log),
  ];
  return {
    async close() {
      await Promise.all(loops.map((loop) => loop.close()));
    },
  };
}

async function feed(deps: EngineDeps, rewinds: RewindTimes): Promise<void> {
  for (const number of await findSendingNumbers(deps.engineDb)) {
    try {
      await feedNumber(deps, number, rewinds);
    } catch (error) {
      const { providerId } = number;
      deps.log.error({ err: error, providerId }, "feeding a number failed, trying again");
    }
  }
}

import { foldCounts } from "@loudhailer/db/fold-counts.ts";
import { forgetCuts } from "@loudhailer/pacing/forget-cuts.ts";
import { startLoop } from "@loudhailer/runtime/start-loop.ts";
import { completeBroadcasts } from "./complete-broadcasts.ts";
import type { EngineDeps } from "./engine-deps.ts";
import { openNumberFeeder } from "./feed-numbers.ts";
import { forgetMessagingLimitUses } from "./forget-messaging-limit-uses.ts";
import { launchDueBroadcasts } from "./launch-due-broadcasts.ts";
import { prepareNextSlice } from "./prepare-broadcast.ts";
import { retryNextSlices } from "./retry-slices.ts";
import { sweepCanceledBroadcasts, type CanceledSearches } from "./sweep-canceled-broadcasts.ts";
import { forgetLostClaims, sweepDeadDispatchers } from "./sweep-dead-dispatchers.ts";

/**
 * Starts the background work of every API replica. It prepares launched broadcasts, feeds the
 * numbers' queues, ends broadcasts, and handles schedules, cancellations, dead dispatchers,
 * throttled rates, and messaging limits. Replicas share the work through row locks and advisory
 * locks; any of them may die at any moment.
 */
export function startBroadcastEngine(deps: EngineDeps): { close(): Promise<void> } {
  const feeder = openNumberFeeder(deps);
  const canceledSearches: CanceledSearches = new Map();
  // One loop per task: a problem such as an absent Redis must not hold up the other tasks.
  const loops = [
    startLoop("prepare", 100, (signal) => prepare(deps, signal), deps.log),
    startLoop("feed", 100, () => feeder.feedDue(), deps.log),
    startLoop("retry", 100, (signal) => retry(deps, signal), deps.log),
    startLoop("complete", 100, () => completeBroadcasts(deps), deps.log),
    startLoop("launch due", 500, () => launchDueBroadcasts(deps), deps.log),
    startLoop(
      "sweep canceled",
      200,
      () => sweepCanceledBroadcasts(deps, canceledSearches),
      deps.log,
    ),
    startLoop("fold counts", foldEveryMs, foldCountsFrom(deps), deps.log),
    startLoop("sweep", 1_000, () => sweepDeadDispatchers(deps), deps.log),
    startLoop("forget lost claims", 5_000, () => forgetLostClaims(deps), deps.log),
    startLoop("forget cuts", 10_000, () => forgetCuts(deps.engineDb), deps.log),
    startLoop("forget uses", 600_000, () => forgetMessagingLimitUses(deps), deps.log),
  ];
  return {
    async close() {
      await Promise.all(loops.map((loop) => loop.close()));
      await feeder.close();
    },
  };
}

/** Pause between two additions of the appended counts: few versions of a broadcast's row. */
const foldEveryMs = 1_000;

function foldCountsFrom({ engineDb }: EngineDeps): () => Promise<void> {
  let fromXid = "0";
  return async () => {
    ({ fromXid } = await foldCounts(engineDb, fromXid));
  };
}

async function prepare(deps: EngineDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await prepareNextSlice(deps)) !== null);
}

async function retry(deps: EngineDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await retryNextSlices(deps)));
}

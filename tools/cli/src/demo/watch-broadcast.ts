import { setTimeout as sleep } from "node:timers/promises";
import { CliError } from "../cli-error.ts";
import type { ApiClient } from "./api-client.ts";
import { broadcastSchema, isEveryoneCounted, type BroadcastCounts } from "./broadcast-counts.ts";
import { readLedger, type Ledger } from "./read-ledger.ts";

const pollMs = 100;
// Meta's webhooks come within seconds; what has not come by then is reported as it stands.
const settleMsMax = 60_000;

/**
 * Follows a broadcast until it has ended and everything the simulator reported has arrived;
 * `onProgress` is told its counts.
 * @throws CliError where it is paused, canceled or has failed, and what `onProgress` throws
 */
export async function watchBroadcast(
  api: ApiClient,
  broadcastId: string,
  simulatorUrl: string,
  onProgress: (broadcast: BroadcastCounts) => void,
): Promise<{ broadcast: BroadcastCounts; ledger: Ledger }> {
  const read = async (): Promise<BroadcastCounts> => {
    const broadcast = await api.call("GET", `/v1/broadcasts/${broadcastId}`, broadcastSchema);
    // Until the audience is frozen there is nothing to show.
    if (broadcast.totalRecipients > 0) onProgress(broadcast);
    return broadcast;
  };

  while (!hasEnded(await read())) await sleep(pollMs);
  const deadline = performance.now() + settleMsMax;
  for (;;) {
    // In this order: what the ledger counts as arrived is in the counts read after it.
    const ledger = await readLedger(simulatorUrl);
    const broadcast = await read();
    if (ledger.pendingWebhooks === 0 || performance.now() >= deadline) {
      return { broadcast, ledger };
    }
    await sleep(pollMs);
  }
}

function hasEnded(broadcast: BroadcastCounts): boolean {
  const { status, pauseReason, failureReason, totalRecipients } = broadcast;
  switch (status) {
    case "completed":
      return true;
    case "failed":
      // Every recipient failing is a result like any other, in a short list even a likely one.
      if (totalRecipients > 0 && isEveryoneCounted(broadcast)) return true;
      throw new CliError(`The broadcast has failed: ${failureReason ?? "no reason given"}.`);
    case "paused":
    case "canceled":
      throw new CliError(`The broadcast is ${status}: ${pauseReason ?? "no reason given"}.`);
    default:
      return false;
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import { CliError } from "../cli-error.ts";
import type { ApiClient } from "./api-client.ts";
import {
  broadcastSchema,
  isEveryRecipientCounted,
  type BroadcastCounts,
} from "./broadcast-counts.ts";
import { readLedger, type Ledger } from "./read-ledger.ts";

const pollMs = 100;
// Meta's webhooks arrive within seconds. After this time the counts are reported unchanged.
const settleMsMax = 60_000;

/**
 * Follows a broadcast until it ends and all webhooks of the simulator have arrived, which it awaits
 * for up to a minute. Calls `onProgress` with the counts.
 * @throws CliError if the broadcast is paused, canceled, or failed before every recipient had an
 *   outcome, or the error that `onProgress` throws
 */
export async function watchBroadcast(
  api: ApiClient,
  broadcastId: string,
  simulatorUrl: string,
  onProgress: (broadcast: BroadcastCounts) => void,
): Promise<{ broadcast: BroadcastCounts; ledger: Ledger }> {
  const read = async (): Promise<BroadcastCounts> => {
    const broadcast = await api.call("GET", `/v1/broadcasts/${broadcastId}`, broadcastSchema);
    // No recipients exist until the audience is frozen.
    if (broadcast.totalRecipients > 0) onProgress(broadcast);
    return broadcast;
  };

  while (!hasEnded(await read())) await sleep(pollMs);
  const deadline = performance.now() + settleMsMax;
  for (;;) {
    // Counts read after the ledger include every webhook that the ledger lists as delivered.
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
      // It is a valid result if every recipient fails, and a likely one for a short list.
      if (totalRecipients > 0 && isEveryRecipientCounted(broadcast)) return true;
      throw new CliError(`The broadcast has failed: ${failureReason ?? "no reason given"}.`);
    case "paused":
    case "canceled":
      throw new CliError(`The broadcast is ${status}: ${pauseReason ?? "no reason given"}.`);
    default:
      return false;
  }
}

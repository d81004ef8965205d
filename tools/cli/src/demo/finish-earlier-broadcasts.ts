import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { ApiClient } from "./api-client.ts";
import { broadcastSchema, type BroadcastCounts } from "./broadcast-counts.ts";
import { readLedger } from "./read-ledger.ts";

const pollMs = 250;
// Statuses that aren't reported by then aren't expected any more.
const settleMsMax = 60_000;

const page = z.object({ items: z.array(broadcastSchema) });

/**
 * Waits for broadcasts that an earlier demo left half sent, and passes them to `onProgress`. They
 * continue automatically and would mix with the new broadcast in the simulator's ledger. For the
 * same reason, waits up to a minute for the statuses that the simulator has yet to report.
 * @throws CliError if the API rejects a request, or the error that `onProgress` throws
 */
export async function finishEarlierBroadcasts(
  api: ApiClient,
  simulatorUrl: string,
  onProgress: (broadcast: BroadcastCounts) => void,
): Promise<void> {
  for (;;) {
    const pages = await Promise.all(
      ["preparing", "sending"].map((status) =>
        api.call("GET", `/v1/broadcasts?status=${status}&limit=1`, page),
      ),
    );
    const [earlier] = pages.flatMap(({ items }) => items);
    if (!earlier) break;
    onProgress(earlier);
    await sleep(pollMs);
  }
  const deadline = performance.now() + settleMsMax;
  while (performance.now() < deadline) {
    const { pendingWebhooks } = await readLedger(simulatorUrl);
    if (pendingWebhooks === 0) return;
    await sleep(pollMs);
  }
}

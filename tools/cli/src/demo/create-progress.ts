import { CliError } from "../cli-error.ts";
import type { Output } from "../output.ts";
import type { BroadcastCounts } from "./broadcast-counts.ts";
import { describeProgress } from "./describe-progress.ts";

const terminalEveryMs = 250;
const plainEveryMs = 2_000;
// A retry after a failed request waits up to half a minute. A much longer standstill is an error.
const stallMsMax = 90_000;

/**
 * Returns a function that shows a broadcast's progress, at intervals and only if something changed.
 * Without the error, a wait that calls the function would never end.
 * @throws CliError from the returned function once nothing has changed for 90 s
 */
export function createProgress(output: Output, logs: string): (broadcast: BroadcastCounts) => void {
  const everyMs = output.isTerminal ? terminalEveryMs : plainEveryMs;
  let shown = "";
  let shownAt = -Infinity;
  let changedAt = performance.now();
  let last = "";
  return (broadcast) => {
    const line = describeProgress(broadcast);
    const now = performance.now();
    if (line !== last) {
      last = line;
      changedAt = now;
    } else if (now - changedAt > stallMsMax) {
      throw new CliError(
        `The broadcast has not moved for ${stallMsMax / 1000} s: the logs in ${logs} say why.`,
      );
    }
    if (line === shown || now - shownAt < everyMs) return;
    output.progress(line);
    shown = line;
    shownAt = now;
  };
}

import { addBroadcast } from "./add-broadcast.ts";
import { runBroadcast } from "./bench-broadcast.ts";
import type { RateBench } from "./bench-rate.ts";
import { readCounts } from "./read-counts.ts";
import { round } from "./round.ts";

const seconds = 30;
const settleSecondsMax = 10;
const shareMin = 0.9;
const windowMs = 5_000;
const stepMs = 100;

/**
 * Measures a number whose limit at Meta is lower than the configured one: how soon its rate fits
 * the limit, and how many messages Meta refuses.
 */
export async function runThrottled(
  bench: RateBench,
  scenario: { configured: number; real: number; dispatchers: number },
) {
  const { configured, real, dispatchers } = scenario;
  await bench.dispatchers.scaleTo(dispatchers);
  const phoneNumberId = bench.nextNumber();
  const broadcastId = await addBroadcast(bench, {
    phoneNumberId,
    messagesPerSecond: configured,
    recipients: real * seconds,
    atMeta: { messagesPerSecond: real },
  });
  await runBroadcast(bench.db, broadcastId);
  const { accepted, refused } = await bench.simulator.numberLedger(phoneNumberId);
  const times = (await bench.simulator.accepted(phoneNumberId)).map((item) => item.acceptedAt);
  const { failed, unknown } = (await readCounts(bench.db, broadcastId)).counters;
  const throttled = refused["130429"] ?? 0;
  const shareRefused = throttled / (accepted + throttled);
  const windows = windowShares(times, real);
  const settled = windows.find(({ share }) => share >= shareMin)?.after ?? Number.POSITIVE_INFINITY;
  const share = shareFrom(times, real, Math.min(settled, settleSecondsMax));
  const later = windows.filter(({ after }) => after >= settleSecondsMax);
  return {
    ...scenario,
    accepted,
    refused,
    failed,
    unknown,
    shareRefused: round(shareRefused),
    /** Seconds from the first message to the first window of 5 s with 90% of the limit. */
    settledAfterSeconds: settled,
    shareOfLimitOnceSettled: round(share),
    worstWindowAfter10s: round(Math.min(...later.map((window) => window.share))),
    isWithin:
      settled <= settleSecondsMax &&
      share >= shareMin &&
      shareRefused < 0.02 &&
      failed + unknown === 0,
  };
}

/**
 * Returns the shares of the limit in windows of 5 s, each with its start after the first message.
 */
function windowShares(times: number[], limit: number): { after: number; share: number }[] {
  const start = times[0] ?? 0;
  const lengthMs = (times.at(-1) ?? 0) - start;
  const shares: { after: number; share: number }[] = [];
  for (let at = 0; at + windowMs <= lengthMs; at += stepMs) {
    const from = start + at;
    const held = times.filter((time) => time >= from && time < from + windowMs).length;
    shares.push({ after: at / 1_000, share: held / (windowMs / 1_000) / limit });
  }
  return shares;
}

/** Returns the share of the limit from `afterSeconds` after the first message to the last. */
function shareFrom(times: number[], limit: number, afterSeconds: number): number {
  const from = (times[0] ?? 0) + afterSeconds * 1_000;
  const later = times.filter((time) => time >= from).length;
  return later / (((times.at(-1) ?? 0) - from) / 1_000) / limit;
}

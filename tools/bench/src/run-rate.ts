import { setTimeout as wait } from "node:timers/promises";
import { addBroadcast } from "./add-broadcast.ts";
import { runBroadcast } from "./bench-broadcast.ts";
import type { RateBench } from "./bench-rate.ts";
import { readCounts } from "./read-counts.ts";
import { round } from "./round.ts";

const seconds = 15;
/**
 * Length of the warm-up for compilers and caches. The warm-up has its own number, so the measured
 * number's ledger doesn't contain it.
 */
const warmUpSeconds = 3;
const leaveAfterMs = 5_000;
/**
 * Wait before a dispatcher is started. A process takes a second or two to start, so it joins at
 * about two thirds.
 */
const joinAfterMs = 3_000;

/**
 * Measures a number's rate. Of several dispatchers, one leaves and another joins during the run.
 */
export async function runRate(
  bench: RateBench,
  scenario: { messagesPerSecond: number; dispatchers: number },
) {
  const { messagesPerSecond, dispatchers } = scenario;
  const add = (phoneNumberId: string, recipients: number) =>
    addBroadcast(bench, { phoneNumberId, messagesPerSecond, recipients });
  await bench.dispatchers.scaleTo(dispatchers);
  const warmUp = await add(bench.nextNumber(), messagesPerSecond * warmUpSeconds);
  await runBroadcast(bench.db, warmUp);

  const phoneNumberId = bench.nextNumber();
  const broadcastId = await add(phoneNumberId, messagesPerSecond * seconds);
  await Promise.all([
    runBroadcast(bench.db, broadcastId),
    dispatchers > 1 ? leaveAndJoin(bench) : undefined,
  ]);
  const { accepted, duplicates, maxPerSecond, first, last } =
    await bench.simulator.numberLedger(phoneNumberId);
  const { failed, unknown } = (await readCounts(bench.db, broadcastId)).counters;
  const sent = ((last ?? 0) - (first ?? 0)) / 1_000;
  const shareOfRate = (accepted - 1) / sent / messagesPerSecond;
  const overRate = maxPerSecond / messagesPerSecond;
  return {
    ...scenario,
    accepted,
    duplicates,
    failed,
    unknown,
    shareOfRate: round(shareOfRate),
    busiestSecond: maxPerSecond,
    busiestSecondOverRate: round(overRate),
    isWithin: shareOfRate >= 0.98 && overRate <= 1.03 && failed + unknown + duplicates === 0,
  };
}

async function leaveAndJoin({ dispatchers }: RateBench): Promise<void> {
  await wait(leaveAfterMs);
  await dispatchers.leave();
  await wait(joinAfterMs);
  await dispatchers.join();
}

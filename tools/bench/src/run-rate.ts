import { setTimeout as wait } from "node:timers/promises";
import { addBroadcast } from "./add-broadcast.ts";
import { runBroadcast } from "./bench-broadcast.ts";
import type { RateBench } from "./bench-rate.ts";
import { busiestSecondEnd, measurePace, type OwnerEvent, type TimedEvent } from "./rate-silence.ts";
import { readCounts } from "./read-counts.ts";
import { round } from "./round.ts";

/**
 * Length of the warm-up for compilers and caches. The warm-up has its own number, so the measured
 * number's ledger doesn't contain it.
 */
const warmUpSeconds = 3;
const eventAfterMs = 5_000;
const stoppedMs = 90_000;
/**
 * Wait before a dispatcher is started. A process takes a second or two to start, so it joins at
 * about two thirds.
 */
const joinAfterMs = 3_000;
/** Seconds of a broadcast: long enough for what follows the event. */
const secondsOf: Record<OwnerEvent, number> = { left: 15, killed: 20, stopped: 105 };
/** Longest silence after each event in seconds. */
const silenceMax: Record<OwnerEvent, number> = { left: 1.5, killed: 6, stopped: 6 };
const shareMin = 0.99;
const overRateMax = 1.01;

/** Measures a number's rate while its owner leaves, is killed, or stands still for 90 s. */
export async function runRate(
  bench: RateBench,
  scenario: { messagesPerSecond: number; dispatchers: number; event: OwnerEvent },
) {
  const { messagesPerSecond, dispatchers, event } = scenario;
  const add = (phoneNumberId: string, recipients: number) =>
    addBroadcast(bench, { phoneNumberId, messagesPerSecond, recipients });
  await bench.dispatchers.scaleTo(dispatchers);
  const warmUp = await add(bench.nextNumber(), messagesPerSecond * warmUpSeconds);
  await runBroadcast(bench.db, warmUp);

  const phoneNumberId = bench.nextNumber();
  const { accepted: before } = await bench.simulator.ledger();
  const broadcastId = await add(phoneNumberId, messagesPerSecond * secondsOf[event]);
  const [events] = await Promise.all([
    disturbOwner(bench, phoneNumberId, scenario),
    runBroadcast(bench.db, broadcastId),
  ]);
  const { accepted, duplicates, maxPerSecond } = await bench.simulator.numberLedger(phoneNumberId);
  const messages = await bench.simulator.accepted(phoneNumberId, before);
  const times = messages.map(({ acceptedAt }) => acceptedAt);
  const { shareOfRate, silences } = measurePace(times, messagesPerSecond, events);
  const { failed, unknown } = (await readCounts(bench.db, broadcastId)).counters;
  const overRate = maxPerSecond / messagesPerSecond;
  // What a dispatcher had under way when it was killed or stopped may be unknown.
  const lost = event === "left" ? unknown : 0;
  return {
    ...scenario,
    accepted,
    duplicates,
    failed,
    unknown,
    shareOfRate: round(shareOfRate),
    busiestSecond: maxPerSecond,
    busiestSecondOverRate: round(overRate),
    busiestSecondsAfterEvent: round((busiestSecondEnd(times) - (events[0]?.atMs ?? 0)) / 1_000),
    silences: silences.map((silence) => ({
      event: silence.event,
      seconds: round(silence.seconds),
    })),
    isWithin:
      shareOfRate >= shareMin &&
      overRate <= overRateMax &&
      silences.every((silence) => silence.seconds <= silenceMax[silence.event]) &&
      failed + lost + duplicates === 0,
  };
}

/** Makes the event happen in mid-broadcast. Returns it with its time. */
async function disturbOwner(
  { dispatchers }: RateBench,
  phoneNumberId: string,
  scenario: { dispatchers: number; event: OwnerEvent },
): Promise<TimedEvent[]> {
  const { event } = scenario;
  await wait(eventAfterMs);
  // An only dispatcher is replaced before it leaves, as a rolling deployment does.
  if (event === "left" && scenario.dispatchers === 1) await dispatchers.join();
  const owner = await dispatchers.ownerOf(phoneNumberId);
  const events = [{ event, atMs: Date.now() }];
  if (event === "left") {
    await dispatchers.leave(owner);
    await wait(joinAfterMs);
    await dispatchers.join();
  } else if (event === "killed") {
    await dispatchers.kill(owner);
    await dispatchers.join();
  } else {
    owner.signal("SIGSTOP");
    await wait(stoppedMs);
    owner.signal("SIGCONT");
  }
  return events;
}

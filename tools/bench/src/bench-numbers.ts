import { addBroadcast } from "./add-broadcast.ts";
import { runBroadcast } from "./bench-broadcast.ts";
import { chosen, type BenchOptions } from "./bench-options.ts";
import { openDispatchers, type Dispatchers } from "./open-dispatchers.ts";
import { round } from "./round.ts";
import { runManyNumbers } from "./run-many-numbers.ts";
import { startEngine } from "./start-engine.ts";
import { startInfrastructure, type Infrastructure } from "./start-infrastructure.ts";

const numbers = 10;
const messagesPerSecond = 80;
const seconds = 15;
const warmUpSeconds = 3;
const deviationMax = 0.02;

interface NumbersBench {
  infrastructure: Infrastructure;
  dispatchers: Dispatchers;
}

const fewNumbers = (name: string, hanging: number) => ({
  name,
  async run({ infrastructure, dispatchers }: NumbersBench, firstId: number) {
    await dispatchers.scaleTo(2);
    await runNumbers(infrastructure, { firstId, hanging: 0, seconds: warmUpSeconds });
    const measured = { firstId: firstId + numbers, hanging, seconds };
    return summarize(await runNumbers(infrastructure, measured));
  },
});

const manyNumbers = (count: number) => ({
  name: `500x${count}`,
  run: ({ infrastructure, dispatchers }: NumbersBench, firstId: number): Promise<object> =>
    runManyNumbers(infrastructure, dispatchers, { count, firstId }),
});

const scenarios = [
  fewNumbers("all-well", 0),
  fewNumbers("one-hanging", 1),
  manyNumbers(1),
  manyNumbers(4),
];
/** Each scenario has phone number IDs of its own. */
const idsEach = 1_000;

/**
 * Measures whether ten numbers at 80 messages per second each keep their own rates with two
 * dispatchers, also while one of the ten hangs at Meta, and whether 500 numbers at 1 per second do
 * with one dispatcher and with four.
 */
export async function benchNumbers(options: BenchOptions): Promise<object> {
  const wanted = chosen(scenarios, options);
  const infrastructure = await startInfrastructure(["--no-pair-rate", "--latency-ms", "20"]);
  const engine = startEngine(infrastructure);
  const bench = { infrastructure, dispatchers: openDispatchers(infrastructure) };
  try {
    const results: object[] = [];
    for (const [index, { name, run }] of wanted.entries()) {
      results.push({ name, ...(await run(bench, (index + 10) * idsEach)) });
      console.error(JSON.stringify(results.at(-1)));
    }
    return { scenarios: results };
  } finally {
    await engine.close();
    await infrastructure.close();
  }
}

interface NumberShare {
  shareOfRate: number;
  busiestSecond: number;
}

/** Runs all numbers at once. Returns the simulator's figures for the numbers that don't hang. */
async function runNumbers(
  { db, simulator }: Infrastructure,
  run: { firstId: number; hanging: number; seconds: number },
): Promise<NumberShare[]> {
  const ids = Array.from({ length: numbers }, (_, n) => String(run.firstId + n));
  const broadcasts = new Map<string, string>();
  for (const [index, phoneNumberId] of ids.entries()) {
    const broadcastId = await addBroadcast(
      { db, simulator },
      {
        phoneNumberId,
        messagesPerSecond,
        recipients: messagesPerSecond * run.seconds,
        atMeta: { hang: index < run.hanging },
      },
    );
    broadcasts.set(phoneNumberId, broadcastId);
  }
  const running = [...broadcasts.values()].map((broadcastId) => runBroadcast(db, broadcastId));
  await Promise.all(running.slice(run.hanging));
  const shares: NumberShare[] = [];
  for (const phoneNumberId of ids.slice(run.hanging)) {
    const { accepted, first, last, maxPerSecond } = await simulator.numberLedger(phoneNumberId);
    const sentSeconds = ((last ?? 0) - (first ?? 0)) / 1_000;
    const shareOfRate = round((accepted - 1) / sentSeconds / messagesPerSecond);
    shares.push({ shareOfRate, busiestSecond: maxPerSecond });
  }
  for (const phoneNumberId of ids) await simulator.setNumber({ phoneNumberId, hang: false });
  // The number that hung continues from where it was, once its requests have timed out.
  await Promise.all(running);
  return shares;
}

function summarize(shares: NumberShare[]) {
  const used = shares.map(({ shareOfRate }) => shareOfRate);
  const busiest = Math.max(...shares.map(({ busiestSecond }) => busiestSecond));
  const [lowest, highest] = [Math.min(...used), Math.max(...used)];
  return {
    numbers: shares.length,
    messagesPerSecond,
    shareOfRateMin: lowest,
    shareOfRateMax: highest,
    busiestSecond: busiest,
    isWithin: lowest >= 1 - deviationMax && highest <= 1 + deviationMax,
  };
}

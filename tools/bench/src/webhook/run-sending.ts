import { addBroadcast } from "../add-broadcast.ts";
import { runBroadcast } from "../bench-broadcast.ts";
import { checkInvariants } from "../check-invariants.ts";
import { readCounts } from "../read-counts.ts";
import { residentMbMax } from "../read-process.ts";
import { round } from "../round.ts";
import { startStack } from "../start-stack.ts";
import { areWebhooksTaken } from "../wait-for-webhooks.ts";
import { readRequestFigures, type RequestFigures } from "./read-request-figures.ts";

const messagesPerSecond = 1_000;
/**
 * Size of the warm-up broadcast for compilers and caches. The warm-up has its own number, so the
 * measured number's ledger doesn't contain it.
 */
const warmUpRecipients = 3_000;
const numbers = { warmUp: "901", measured: "902" };
const msMax = 250;

/**
 * Sends `recipients` messages from one number at 1,000 messages per second, while the simulator
 * reports each as sent, delivered, and read. The request times come from the service's histogram,
 * so they are upper bounds. They include those of the short warm-up broadcast.
 */
export async function runSending({ recipients }: { recipients: number }) {
  const stack = await startStack(["--no-pair-rate", "--latency-ms", "20", "--read-share", "1"]);
  const { db, simulator, webhook } = stack;
  try {
    await stack.startDispatcher();
    const add = (phoneNumberId: string, size: number) =>
      addBroadcast(stack, { phoneNumberId, messagesPerSecond, recipients: size });
    await runBroadcast(db, await add(numbers.warmUp, warmUpRecipients));
    const broadcastId = await add(numbers.measured, recipients);
    await runBroadcast(db, broadcastId);
    const violations = (await areWebhooksTaken(simulator)) ? [] : ["webhooks are not taken"];
    const accepted = await simulator.accepted(numbers.measured);
    const allowed = { refusals: [], unknown: false };
    violations.push(...(await checkInvariants(db, broadcastId, accepted, allowed)).violations);
    const { delivered, read } = (await readCounts(db, broadcastId)).counters;
    if (Math.min(delivered, read) < recipients) {
      violations.push(`of ${recipients}, ${delivered} are delivered and ${read} read`);
    }
    const { first, last } = await simulator.numberLedger(numbers.measured);
    const sentPerSecond = (recipients - 1) / (((last ?? 0) - (first ?? 0)) / 1_000);
    const figures = await readRequestFigures(webhook.url);
    const p99Ms = boundOf(figures, 0.99);
    return {
      messagesPerSecond: Math.round(sentPerSecond),
      statuses: 3 * recipients,
      answers: figures.answers,
      p50MsAtMost: boundOf(figures, 0.5),
      p99MsAtMost: p99Ms,
      shareWithin250Ms: round(shareWithin(figures, msMax)),
      serviceMbMax: residentMbMax(webhook.process().pid),
      violations,
      isWithin:
        violations.length === 0 &&
        sentPerSecond >= 0.98 * messagesPerSecond &&
        p99Ms <= msMax &&
        !("503" in figures.answers),
    };
  } finally {
    await stack.close();
  }
}

/** Returns the upper bound of the bucket that contains the quantile, in milliseconds. */
function boundOf({ buckets, requests }: RequestFigures, share: number): number {
  const bucket = buckets.find((one) => one.requests >= requests * share);
  return (bucket?.secondsMax ?? Number.POSITIVE_INFINITY) * 1_000;
}

function shareWithin({ buckets, requests }: RequestFigures, ms: number): number {
  const bucket = buckets.findLast(({ secondsMax }) => secondsMax * 1_000 <= ms);
  return (bucket?.requests ?? 0) / requests;
}

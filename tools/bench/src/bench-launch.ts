import { Redis } from "ioredis";
import { addOperator, type Operator } from "./add-operator.ts";
import type { BenchOptions } from "./bench-options.ts";
import { launchOnce, perProcess, type LaunchBench } from "./launch-once.ts";
import { round } from "./round.ts";
import { startStack } from "./start-stack.ts";

const recipientsDefault = 1_000_000;
const smallRecipients = 10_000;
const warmUps = 2;
const smallRuns = 3;
const messagesPerSecond = 10_000;

/**
 * Measures a broadcast to a million contacts through the real API: the launch, the freezing of its
 * audience, its memory, and the CPU time per message, compared with a broadcast to 10,000.
 */
export async function benchLaunch(options: BenchOptions): Promise<object> {
  const recipients = options.recipients ?? recipientsDefault;
  const stack = await startStack(["--no-pair-rate", "--latency-ms", "5"]);
  const { redisUrl, stores } = stack;
  try {
    // Only sending is measured here: statuses would cost the same for any size.
    await stack.simulator.control({ webhookUrl: null });
    const dispatcher = await stack.startDispatcher();
    const bench: LaunchBench = {
      stack,
      pids: {
        dispatcher: dispatcher.pid,
        api: stack.api.process().pid,
        postgres: stores.postgres.pid(),
        redis: stores.redis.pid(),
      },
    };
    const add = (phoneNumberId: string, contacts: number) =>
      addOperator(stack, { phoneNumberId, messagesPerSecond }, contacts);
    const small = await measureSmall(bench, await add("801", smallRecipients), smallRecipients);
    const large = await launchOnce(bench, await add("802", recipients), recipients);
    const costRatio = large.cpuMicroseconds.total / small.total;
    console.error(JSON.stringify({ large, costRatio }));
    const peakMb = await redisPeakMb(redisUrl);
    return {
      ...large,
      cpuMicrosecondsAt10000: small,
      costRatioTo10000: round(costRatio),
      redisPeakMb: peakMb,
      isWithin:
        large.isWhole &&
        large.launchMs < 200 &&
        large.frozenPerSecond >= 50_000 &&
        (large.firstMessageSeconds ?? Number.POSITIVE_INFINITY) < 15 &&
        peakMb <= 64 &&
        costRatio <= 1.1,
    };
  } finally {
    await stack.close();
  }
}

/** Returns the mean of several small runs, after runs that warm up compilers and caches. */
async function measureSmall(bench: LaunchBench, operator: Operator, contacts: number) {
  const runs: Awaited<ReturnType<typeof launchOnce>>["cpuMicroseconds"][] = [];
  for (let run = 0; run < warmUps + smallRuns; run++) {
    const small = await launchOnce(bench, operator, contacts);
    console.error(JSON.stringify({ small }));
    if (run >= warmUps) runs.push(small.cpuMicroseconds);
  }
  const mean = (of: keyof (typeof runs)[number]) =>
    Math.round(runs.reduce((sum, run) => sum + run[of], 0) / runs.length);
  return { ...perProcess(mean), total: mean("total") };
}

async function redisPeakMb(redisUrl: string): Promise<number> {
  const redis = new Redis(redisUrl);
  const [, bytes] = /used_memory_peak:(\d+)/.exec(await redis.info("memory")) ?? [];
  redis.disconnect();
  return Math.round(Number(bytes) / 1e6);
}

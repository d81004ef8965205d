import { setTimeout as wait } from "node:timers/promises";
import { Redis } from "ioredis";
import { allSettled, someUnknown, undeliverable } from "./chaos/allowed.ts";
import { cutClaimsRepeatedly } from "./chaos/cut-claims.ts";
import { evictingRedis } from "./chaos/evicting-redis.ts";
import { failoverBehind } from "./chaos/failover-behind.ts";
import { longSnapshot } from "./chaos/long-snapshot.ts";
import { orphanedJobs } from "./chaos/orphaned-jobs.ts";
import { expectReady } from "./expect-ready.ts";
import type { ChaosScenario, Disturbed } from "./run-disturbed.ts";

export const killDispatchers = (kills: number, seconds: number): ChaosScenario => ({
  name: "kill-dispatchers",
  seconds,
  allowed: someUnknown,
  async disturb({ fleet }) {
    for (let killed = 0; killed < kills; killed++) {
      await wait(1_000 + Math.random() * 1_500);
      fleet.killOne();
    }
  },
});

const stopDispatcher = (stoppedSeconds: number): ChaosScenario => ({
  name: "stop-dispatcher",
  seconds: stoppedSeconds + 20,
  allowed: someUnknown,
  async disturb({ fleet }) {
    await wait(5_000);
    const [member] = fleet.members();
    member?.process.signal("SIGSTOP");
    await wait(stoppedSeconds * 1_000);
    member?.process.signal("SIGCONT");
    // The claims that it still holds are now too old to send.
    await wait(5_000);
  },
});

async function flushRedis({ stack }: Disturbed): Promise<void> {
  const redis = new Redis(stack.redisUrl);
  await redis.flushall();
  redis.disconnect();
}

const flushRedisRepeatedly: ChaosScenario = {
  name: "flush-redis",
  seconds: 25,
  allowed: allSettled,
  async disturb(disturbed) {
    for (let flushed = 0; flushed < 10; flushed++) {
      await wait(500 + Math.random() * 2_500);
      await flushRedis(disturbed);
    }
  },
};

export const restartRedis = (downMs: number, seconds: number): ChaosScenario => ({
  name: "restart-redis",
  seconds,
  allowed: allSettled,
  async disturb(disturbed) {
    const { redis } = disturbed.stack.stores;
    await wait(4_000);
    await redis.stop();
    await Promise.all([wait(downMs), expectReady(disturbed, false, ["api", "dispatcher"])]);
    await redis.start();
    await expectReady(disturbed, true, ["api", "dispatcher"]);
  },
});

export const restartPostgres = (
  downMs: number,
  seconds: number,
  how: "stop" | "crash" = "stop",
): ChaosScenario => ({
  name: how === "stop" ? "restart-postgres" : "crash-postgres",
  seconds,
  allowed: allSettled,
  async disturb(disturbed) {
    const { postgres } = disturbed.stack.stores;
    await wait(4_000);
    await postgres[how]();
    const all = ["api", "webhook", "dispatcher"] as const;
    await Promise.all([wait(downMs), expectReady(disturbed, false, all)]);
    await postgres.start();
    await expectReady(disturbed, true, all);
  },
});

const restartApi: ChaosScenario = {
  name: "kill-api",
  seconds: 25,
  allowed: allSettled,
  async disturb({ stack }) {
    for (let killed = 0; killed < 3; killed++) {
      await wait(3_000);
      await stack.api.kill();
      await wait(1_000);
      await stack.api.start();
    }
  },
};

const restartWebhook: ChaosScenario = {
  name: "kill-webhook",
  seconds: 25,
  allowed: allSettled,
  async disturb({ stack }) {
    await wait(5_000);
    await stack.webhook.kill();
    await wait(10_000);
    await stack.webhook.start();
  },
};

/**
 * Returns a scenario whose fault hits 10% of the messages for 10 s, then all for 3 s, then none.
 */
function faulty(name: string, fault: string, allowed: ChaosScenario["allowed"]): ChaosScenario {
  return {
    name,
    seconds: 30,
    allowed,
    async disturb({ stack: { simulator } }) {
      await wait(2_000);
      await simulator.control({ faults: { [fault]: 0.1 } });
      await wait(10_000);
      await simulator.control({ faults: { [fault]: 1 } });
      await wait(3_000);
      await simulator.control({ faults: { [fault]: 0 } });
    },
  };
}

const tooManyRequests: ChaosScenario = {
  name: "answer-429",
  seconds: 25,
  allowed: allSettled,
  async disturb({ stack: { simulator } }) {
    for (const rateLimited of [0.2, 1]) {
      await wait(3_000);
      await simulator.control({ faults: { rateLimited } });
      await wait(2_000);
      await simulator.control({ faults: { rateLimited: 0 } });
    }
  },
};

const disorderedWebhooks: ChaosScenario = {
  name: "disorder-webhooks",
  seconds: 20,
  allowed: allSettled,
  async disturb({ stack: { simulator } }) {
    await simulator.control({ faults: { webhookRepeat: 0.3, webhookReorder: 0.5 } });
    await wait(20_000);
  },
};

const droppedWebhooks: ChaosScenario = {
  name: "drop-webhooks",
  seconds: 20,
  // Recipients whose answer was cut off wait for their webhook.
  allowed: allSettled,
  async disturb({ stack: { simulator } }) {
    await simulator.control({ faults: { cutAfter: 0.05 } });
    await wait(3_000);
    await simulator.control({ webhooksPausedMs: 30_000 });
    await wait(25_000);
  },
};

export const mixed = (seconds: number): ChaosScenario => ({
  name: "mixed",
  seconds,
  allowed: { refusals: [undeliverable, "131000"], unknown: true },
  async disturb(disturbed) {
    const { stack, fleet } = disturbed;
    const { postgres, redis } = stack.stores;
    await stack.simulator.control({
      faults: {
        cutBefore: 0.02,
        cutAfter: 0.02,
        error5xx: 0.02,
        html: 0.01,
        webhookRepeat: 0.2,
        webhookReorder: 0.2,
      },
    });
    const steps = [
      async () => fleet.killOne(),
      () => flushRedis(disturbed),
      async () => fleet.killOne(),
      () => postgres.crash().then(() => postgres.start()),
      () => redis.stop().then(() => redis.start()),
      () => stack.webhook.kill().then(() => stack.webhook.start()),
    ];
    for (const step of steps) {
      await wait(500 + Math.random() * 1_000);
      await step();
    }
  },
});

export const chaosScenarios: ChaosScenario[] = [
  killDispatchers(20, 40),
  stopDispatcher(90),
  flushRedisRepeatedly,
  restartRedis(20_000, 20),
  restartPostgres(20_000, 20),
  restartPostgres(5_000, 15, "crash"),
  restartApi,
  restartWebhook,
  faulty("hang-before", "hangBefore", someUnknown),
  faulty("hang-after", "hangAfter", allSettled),
  faulty("cut-before", "cutBefore", someUnknown),
  faulty("cut-after", "cutAfter", allSettled),
  faulty("answer-500", "error5xx", allSettled),
  faulty("answer-html", "html", someUnknown),
  tooManyRequests,
  disorderedWebhooks,
  droppedWebhooks,
  mixed(20),
  orphanedJobs,
  evictingRedis,
  longSnapshot,
  cutClaimsRepeatedly,
  failoverBehind,
];

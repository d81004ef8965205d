import { setTimeout as wait } from "node:timers/promises";
import { Redis } from "ioredis";
import type { ChaosScenario, Disturbed } from "./chaos-scenario.ts";
import { allSettled, someUnknown, undeliverable } from "./chaos/allowed.ts";
import { cutClaimsRepeatedly } from "./chaos/cut-claims.ts";
import { editTemplate } from "./chaos/edit-template.ts";
import { evictingRedis } from "./chaos/evicting-redis.ts";
import { failoverBehind } from "./chaos/failover-behind.ts";
import { longSnapshot } from "./chaos/long-snapshot.ts";
import { metaFaults } from "./chaos/meta-faults.ts";
import { moveNumber } from "./chaos/move-number.ts";
import { orphanedJobs } from "./chaos/orphaned-jobs.ts";
import { peopleChange } from "./chaos/people-change.ts";
import { resendLate } from "./chaos/resend-late.ts";
import { expectReady } from "./expect-ready.ts";

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
  ...metaFaults,
  mixed(20),
  orphanedJobs,
  evictingRedis,
  longSnapshot,
  peopleChange,
  resendLate,
  editTemplate,
  moveNumber,
  cutClaimsRepeatedly,
  failoverBehind,
];

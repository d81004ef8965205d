import { createOrganization } from "@loudhailer/core/accounts/create-organization.ts";
import type { Database } from "@loudhailer/db/database.ts";
import { Redis } from "ioredis";
import { sql, type Kysely } from "kysely";
import { createNumber } from "./bench-broadcast.ts";
import type { BenchOptions } from "./bench-options.ts";
import { launchOnce, perProcess, type LaunchBench, type Sender } from "./launch-once.ts";
import { round } from "./round.ts";
import { startStack, type Stack } from "./start-stack.ts";

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
    const small = await measureSmall(bench, await addSender(stack, "801", smallRecipients));
    const large = await launchOnce(bench, await addSender(stack, "802", recipients));
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
async function measureSmall(bench: LaunchBench, sender: Sender) {
  const runs: Awaited<ReturnType<typeof launchOnce>>["cpuMicroseconds"][] = [];
  for (let run = 0; run < warmUps + smallRuns; run++) {
    const small = await launchOnce(bench, sender);
    console.error(JSON.stringify({ small }));
    if (run >= warmUps) runs.push(small.cpuMicroseconds);
  }
  const mean = (of: keyof (typeof runs)[number]) =>
    Math.round(runs.reduce((sum, run) => sum + run[of], 0) / runs.length);
  return { ...perProcess(mean), total: mean("total") };
}

/** Creates an organization with an API key, a number, and `contacts` contacts. */
async function addSender(
  { db, databaseUrl, simulator }: Stack,
  phoneNumberId: string,
  contacts: number,
): Promise<Sender> {
  const wabaId = `8${phoneNumberId}`;
  await simulator.setNumber({ phoneNumberId, wabaId, messagesPerSecond: 0 });
  const { organizationId, apiKey } = await createOrganization({
    databaseUrl,
    name: `Bench ${phoneNumberId}`,
    email: `bench-${phoneNumberId}@example.com`,
    password: `of this run alone ${phoneNumberId}`,
  });
  const number = { phoneNumberId, wabaId, messagesPerSecond };
  const { providerId, templateId } = await createNumber(db, number, organizationId);
  await addContacts(db, organizationId, contacts);
  return { apiKey, providerId, templateId, phoneNumberId, contacts };
}

async function addContacts(
  db: Kysely<Database>,
  organizationId: string,
  contacts: number,
): Promise<void> {
  await sql`
    insert into contacts (organization_id, phone, name, email, attributes, tags)
    select ${organizationId}::uuid, '+1555' || lpad(n::text, 7, '0'), 'Ada ' || n,
      'ada' || n || '@example.com', jsonb_build_object('City', 'Berlin'), array['bench']
    from generate_series(1, ${contacts}::integer) n
  `.execute(db);
  await sql`vacuum analyze contacts`.execute(db);
}

async function redisPeakMb(redisUrl: string): Promise<number> {
  const redis = new Redis(redisUrl);
  const [, bytes] = /used_memory_peak:(\d+)/.exec(await redis.info("memory")) ?? [];
  redis.disconnect();
  return Math.round(Number(bytes) / 1e6);
}

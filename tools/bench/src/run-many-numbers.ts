import { setTimeout as wait } from "node:timers/promises";
import type { Database } from "@loudhailer/db/database.ts";
import { Redis } from "ioredis";
import { sql, type Kysely } from "kysely";
import { addBroadcast } from "./add-broadcast.ts";
import type { Dispatchers } from "./open-dispatchers.ts";
import { cpuSeconds, residentMb } from "./read-process.ts";
import { round } from "./round.ts";
import type { Infrastructure } from "./start-infrastructure.ts";

const numbers = 500;
const messagesPerSecond = 1;
/** Longest time until every number has sent. */
const openingMsMax = 90_000;
const measuredMs = 20_000;
const recipientsEach = 150;
const shareMin = 0.98;

/**
 * Measures how much of the rate of 500 numbers at 1 message per second is used together, and the
 * connections, memory, and CPU time of each dispatcher meanwhile. `firstId` starts the numbers' ids.
 */
export async function runManyNumbers(
  { db, simulator, redisUrl }: Infrastructure,
  dispatchers: Dispatchers,
  { count, firstId }: { count: number; firstId: number },
) {
  const redis = new Redis(redisUrl);
  try {
    await dispatchers.scaleTo(0);
    const clientsBefore = await countRedisClients(redis);
    await dispatchers.scaleTo(count);
    await startBroadcasts({ db, simulator }, firstId);
    const openingSeconds = await waitUntilServed(simulator, firstId);
    const pids = dispatchers.pids();
    const [before, cpuBefore] = [await simulator.ledger(), sumOf(pids, cpuSeconds)];
    const startedAt = performance.now();
    await wait(measuredMs);
    const [after, cpuAfter] = [await simulator.ledger(), sumOf(pids, cpuSeconds)];
    const seconds = (performance.now() - startedAt) / 1_000;
    const perSecond = (after.accepted - before.accepted) / seconds;
    const shareOfRate = perSecond / (numbers * messagesPerSecond);
    const perDispatcher = (sum: number) => round(sum / count);
    return {
      numbers,
      messagesPerSecondEach: messagesPerSecond,
      dispatchers: count,
      openingSeconds,
      messagesPerSecond: round(perSecond),
      shareOfRate: round(shareOfRate),
      redisConnectionsPerDispatcher: perDispatcher(
        (await countRedisClients(redis)) - clientsBefore,
      ),
      postgresConnectionsPerDispatcher: perDispatcher(await countDatabaseSessions(db)),
      residentMbPerDispatcher: perDispatcher(sumOf(pids, residentMb)),
      cpuPerDispatcher: perDispatcher((cpuAfter - cpuBefore) / seconds),
      isWithin: shareOfRate >= shareMin,
    };
  } finally {
    redis.disconnect();
  }
}

/** Starts a broadcast on each number, and ends those of former runs. */
async function startBroadcasts(
  { db, simulator }: Pick<Infrastructure, "db" | "simulator">,
  firstId: number,
): Promise<void> {
  await sql`update whatsapp_broadcasts set status = 'paused' where status = 'sending'`.execute(db);
  // One transaction for all numbers: a commit for each takes a minute.
  const started = await db.transaction().execute(async (trx) => {
    const ids: string[] = [];
    for (let n = 0; n < numbers; n++) {
      const phoneNumberId = String(firstId + n);
      const number = { phoneNumberId, messagesPerSecond, recipients: recipientsEach };
      ids.push(await addBroadcast({ db: trx, simulator }, number));
    }
    return ids;
  });
  await sql`
    update whatsapp_broadcasts set status = 'sending', started_at = now()
    where id = any(${started}::uuid[])
  `.execute(db);
}

/** Returns the seconds until every number has sent, or the longest time that it waited. */
async function waitUntilServed(
  simulator: Infrastructure["simulator"],
  firstId: number,
): Promise<number> {
  const startedAt = performance.now();
  const ids = Array.from({ length: numbers }, (_, n) => String(firstId + n));
  let ms = 0;
  for (let isServed = false; !isServed && ms < openingMsMax; ms = performance.now() - startedAt) {
    await wait(500);
    const ledger = await simulator.ledger();
    isServed = ids.every((id) => (ledger.numbers[id]?.accepted ?? 0) > 0);
  }
  return round(ms / 1_000);
}

function sumOf(pids: number[], read: (pid: number) => number): number {
  return pids.reduce((sum, pid) => sum + read(pid), 0);
}

async function countRedisClients(redis: Redis): Promise<number> {
  const list = String(await redis.client("LIST"));
  return list.split("\n").filter((line) => line !== "").length;
}

async function countDatabaseSessions(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ sessions: number }>`
    select count(*)::integer as sessions from pg_stat_activity
    where application_name like 'loudhailer-dispatcher%'
  `.execute(db);
  return rows[0]?.sessions ?? 0;
}

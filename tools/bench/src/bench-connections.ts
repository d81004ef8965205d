import { setTimeout as wait } from "node:timers/promises";
import type { Database } from "@loudhailer/db/database.ts";
import { Redis } from "ioredis";
import { sql, type Kysely } from "kysely";
import { addBroadcast } from "./add-broadcast.ts";
import { openDispatchers } from "./open-dispatchers.ts";
import { cpuSeconds, residentMb } from "./read-process.ts";
import { round } from "./round.ts";
import { startEngine } from "./start-engine.ts";
import { startInfrastructure } from "./start-infrastructure.ts";

const numbers = 500;
const messagesPerSecond = 1;
const recipientsEach = 180;
/** Milliseconds until every number is fed and served. */
const openingMs = 40_000;
const measuredMs = 10_000;

/**
 * Measures the connections, memory, and CPU time of one and of four dispatchers while 500 numbers
 * send at once.
 */
export async function benchConnections(): Promise<object> {
  const infrastructure = await startInfrastructure(["--no-pair-rate", "--latency-ms", "20"]);
  const { db, simulator } = infrastructure;
  const engine = startEngine(infrastructure);
  const redis = new Redis(infrastructure.redisUrl);
  const dispatchers = openDispatchers(infrastructure);
  try {
    // One transaction for all numbers: a commit for each takes a minute.
    await db.transaction().execute(async (trx) => {
      for (let n = 0; n < numbers; n++) {
        const phoneNumberId = String(10_000 + n);
        const number = { phoneNumberId, messagesPerSecond, recipients: recipientsEach };
        await addBroadcast({ db: trx, simulator }, number);
      }
    });
    await sql`update whatsapp_broadcasts set status = 'sending', started_at = now()`.execute(db);
    const results: object[] = [];
    for (const count of [1, 4]) {
      await dispatchers.scaleTo(0);
      const connectionsBefore = await countRedisClients(redis);
      await dispatchers.scaleTo(count);
      await wait(openingMs);
      const pids = dispatchers.pids();
      const before = await simulator.ledger();
      const cpuBefore = sumOf(pids, cpuSeconds);
      await wait(measuredMs);
      const after = await simulator.ledger();
      const perReplica = (sum: number) => round(sum / count);
      results.push({
        dispatchers: count,
        redisConnectionsPerReplica: perReplica(
          (await countRedisClients(redis)) - connectionsBefore,
        ),
        postgresConnectionsPerReplica: perReplica(await countDatabaseSessions(db)),
        residentMbPerReplica: perReplica(sumOf(pids, residentMb)),
        cpuPerReplica: perReplica((sumOf(pids, cpuSeconds) - cpuBefore) / (measuredMs / 1_000)),
        messagesPerSecond: round((after.accepted - before.accepted) / (measuredMs / 1_000)),
      });
      console.error(JSON.stringify(results.at(-1)));
    }
    return { numbers, messagesPerSecondEach: messagesPerSecond, scenarios: results };
  } finally {
    redis.disconnect();
    await engine.close();
    await infrastructure.close();
  }
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

import { setTimeout as wait } from "node:timers/promises";
import { Redis } from "ioredis";
import { sql } from "kysely";
import type { StartedProcess } from "../start-process.ts";
import { addHistory } from "./add-history.ts";
import { callVerb, countAccepted, secondsUntil, type MillionBench } from "./million-bench.ts";
import { sampleStatements } from "./sample-statements.ts";

/** Recipients that are still pending when the broadcast is resumed. */
const pending = 20_000;
const sendingMs = 10_000;
const hangingMs = 8_000;

/**
 * Measures a large broadcast of which a little is left: its resume, the loss of the queue, and the
 * death of the dispatcher with claims.
 */
export async function measureResumeAndLosses(bench: MillionBench): Promise<object> {
  const { stack, operator, recipients } = bench;
  const broadcastId = await addHistory(stack.db, operator, { sent: recipients - pending, pending });
  const dispatcher = await stack.startDispatcher();
  const statements = await sampleStatements(stack.stores.postgres.url);
  const resume = await measureResume(bench, broadcastId);
  await wait(sendingMs);
  const flush = await measureFlush(bench);
  await wait(sendingMs);
  const death = await measureDeath(bench, broadcastId, dispatcher);
  const longestStatement = await statements.end();
  await callVerb(bench, broadcastId, "pause");
  return { resume, flush, death, longestStatement };
}

async function measureResume(bench: MillionBench, broadcastId: string): Promise<object> {
  const before = await countAccepted(bench);
  const startedAt = performance.now();
  const answer = await callVerb(bench, broadcastId, "resume");
  const firstMessageSeconds = await secondsUntil(
    startedAt,
    async () => (await countAccepted(bench)) > before,
  );
  return { ...answer, firstMessageSeconds };
}

/** Empties Redis. Measures the time until the queue is half as long again as it was. */
async function measureFlush(bench: MillionBench): Promise<object> {
  const redis = new Redis(bench.stack.redisUrl);
  const queue = `loudhailer:send-${bench.operator.phoneNumberId}`;
  const length = async () => {
    const [waiting, active] = [redis.llen(`${queue}:wait`), redis.llen(`${queue}:active`)];
    return (await waiting) + (await active) + (await redis.zcard(`${queue}:delayed`));
  };
  try {
    const before = await length();
    await redis.flushall();
    const accepted = await countAccepted(bench);
    const startedAt = performance.now();
    const refilledSeconds = await secondsUntil(
      startedAt,
      async () => (await length()) >= before / 2,
    );
    const nextMessageSeconds = await secondsUntil(
      startedAt,
      async () => (await countAccepted(bench)) > accepted,
    );
    return { queuedBefore: before, refilledSeconds, nextMessageSeconds };
  } finally {
    redis.disconnect();
  }
}

/** Kills the dispatcher while Meta doesn't answer, so that it has claims. */
async function measureDeath(
  { stack, operator }: MillionBench,
  broadcastId: string,
  dispatcher: StartedProcess,
): Promise<object> {
  const { phoneNumberId } = operator;
  await stack.simulator.setNumber({ phoneNumberId, hang: true });
  await wait(hangingMs);
  dispatcher.signal("SIGKILL");
  await dispatcher.exited;
  const startedAt = performance.now();
  const claims = await countSending(stack, broadcastId);
  const unknownSeconds = await secondsUntil(
    startedAt,
    async () => (await countSending(stack, broadcastId)) === 0,
    { everyMs: 500 },
  );
  await stack.simulator.setNumber({ phoneNumberId, hang: false });
  return { claims, unknownSeconds };
}

async function countSending({ db }: MillionBench["stack"], broadcastId: string): Promise<number> {
  const { rows } = await sql<{ sending: number }>`
    select count(*)::integer as sending from whatsapp_broadcast_recipients
    where broadcast_id = ${broadcastId} and status = 'sending'
  `.execute(db);
  return rows[0]?.sending ?? 0;
}

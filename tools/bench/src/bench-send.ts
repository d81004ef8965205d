import { createPool } from "@loudhailer/db/create-pool.ts";
import { sql } from "kysely";
import { obviousBaseline } from "./baseline-obvious.ts";
import { undiciBaseline } from "./baseline-undici.ts";
import { createFrozenBroadcast, createNumber, runBroadcast } from "./bench-broadcast.ts";
import { countCpu } from "./cpu-per-message.ts";
import { startEngine } from "./start-engine.ts";
import { startInfrastructure, type Infrastructure } from "./start-infrastructure.ts";

const recipients = 50_000;
const obviousMessages = 5_000;
const numbers = {
  ours: { phoneNumberId: "501", wabaId: "601", messagesPerSecond: 10_000 },
  bare: { phoneNumberId: "502", wabaId: "602", messagesPerSecond: 10_000 },
  obvious: { phoneNumberId: "503", wabaId: "603", messagesPerSecond: 10_000 },
};

/**
 * Measures messages per second of the whole path (feed, queue, claim, send, settle) through one
 * dispatcher at a rate that never limits it, and the CPU time of each part per message. Compares the
 * rate with a bare undici loop and the obvious implementation in the same run.
 */
export async function benchSend(): Promise<object> {
  const infrastructure = await startInfrastructure(["--no-pair-rate", "--latency-ms", "5"]);
  const { db, simulator } = infrastructure;
  const pool = createPool({ connectionString: infrastructure.databaseUrl, max: 20 });
  try {
    for (const { phoneNumberId, wabaId } of Object.values(numbers)) {
      await simulator.setNumber({ phoneNumberId, wabaId, messagesPerSecond: 0 });
    }
    const bare = await undiciBaseline(
      infrastructure.simulatorUrl,
      numbers.bare.phoneNumberId,
      recipients,
    );
    const obviousOwner = await createNumber(db, numbers.obvious);
    const obvious = await obviousBaseline(infrastructure, pool, {
      broadcastId: await createFrozenBroadcast(db, obviousOwner, obviousMessages),
      phoneNumberId: numbers.obvious.phoneNumberId,
      messages: obviousMessages,
    });

    const engine = startEngine(infrastructure);
    const dispatcher = await infrastructure.startDispatcher();
    const owner = await createNumber(db, numbers.ours);
    // The first broadcast warms the dispatcher up and opens the number's worker.
    await runBroadcast(db, await createFrozenBroadcast(db, owner, 2_000));
    await sql`select pg_stat_reset()`.execute(db);
    const broadcastId = await createFrozenBroadcast(db, owner, recipients);
    const endCount = countCpu(infrastructure, dispatcher);
    const seconds = await runBroadcast(db, broadcastId);
    const cpuMicrosecondsPerMessage = endCount(recipients);
    const hot = await hotUpdateShare(infrastructure);
    await dispatcher.stop();
    await engine.close();

    const perSecond = recipients / seconds;
    return {
      messages: recipients,
      messagesPerSecond: Math.round(perSecond),
      bareUndiciPerSecond: Math.round(bare),
      obviousPerSecond: Math.round(obvious),
      ratioToBareUndici: round(perSecond / bare),
      ratioToObvious: round(perSecond / obvious),
      recipientHotUpdateShare: hot,
      cpuMicrosecondsPerMessage,
    };
  } finally {
    await pool.end();
    await infrastructure.close();
  }
}

/**
 * Returns the share of HOT updates among the updates of recipients (claims and settles) since
 * PostgreSQL's statistics were reset.
 */
async function hotUpdateShare({ db }: Infrastructure): Promise<number> {
  await sql`select pg_stat_force_next_flush()`.execute(db);
  const { rows } = await sql<{ share: number }>`
    select n_tup_hot_upd::float8 / greatest(n_tup_upd, 1) as share
    from pg_stat_user_tables where relname = 'whatsapp_broadcast_recipients'
  `.execute(db);
  return round(rows[0]?.share ?? 0);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

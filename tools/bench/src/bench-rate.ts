import { createDb } from "@loudhailer/db/create-db.ts";
import type { Database } from "@loudhailer/db/database.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import type { Kysely } from "kysely";
import { z } from "zod";
import { createFrozenBroadcast, createNumber, runBroadcast } from "./bench-broadcast.ts";
import { startEngine } from "./start-engine.ts";
import { startInfrastructure } from "./start-infrastructure.ts";
import type { StartedProcess } from "./start-process.ts";

const secondsEach = 12;
/** On a number of its own, so that compilers and caches are warm and no ledger is spoiled. */
const warmUpSeconds = 4;
const scenarios = [
  { messagesPerSecond: 80, dispatchers: 1 },
  { messagesPerSecond: 1_000, dispatchers: 1 },
  { messagesPerSecond: 80, dispatchers: 3 },
  { messagesPerSecond: 1_000, dispatchers: 3 },
];

/** The simulator's account of one number; times in milliseconds since the epoch. */
const numberLedger = z.object({
  accepted: z.number(),
  maxPerSecond: z.number(),
  first: z.number(),
  last: z.number(),
});

/**
 * How exactly a number's rate is held, by the clock of the simulator (which enforces none here):
 * the share of the rate that was used, and the busiest rolling second.
 */
export async function benchRate(): Promise<object> {
  const infrastructure = await startInfrastructure(["--no-pair-rate", "--latency-ms", "20"]);
  const db = createDb(createPool({ connectionString: infrastructure.databaseUrl }));
  const engine = startEngine(infrastructure);
  const dispatchers: StartedProcess[] = [];
  const results: object[] = [];
  try {
    for (const [index, { messagesPerSecond, dispatchers: wanted }] of scenarios.entries()) {
      while (dispatchers.length < wanted) dispatchers.push(await infrastructure.startDispatcher());
      const run = (phoneNumberId: string, seconds: number) =>
        runNumber(infrastructure.simulatorUrl, db, { phoneNumberId, messagesPerSecond, seconds });
      await run(String(901 + index), warmUpSeconds);
      const ledger = await run(String(701 + index), secondsEach);
      const seconds = (ledger.last - ledger.first) / 1_000;
      results.push({
        messagesPerSecond,
        dispatchers: wanted,
        accepted: ledger.accepted,
        shareOfRate: round((ledger.accepted - 1) / seconds / messagesPerSecond),
        busiestSecond: ledger.maxPerSecond,
        busiestSecondOverRate: round(ledger.maxPerSecond / messagesPerSecond),
      });
    }
    return { scenarios: results };
  } finally {
    await engine.close();
    await db.destroy();
    await infrastructure.close();
  }
}

/** A broadcast of so many seconds on a number of its own; answers the simulator's account of it. */
async function runNumber(
  simulatorUrl: string,
  db: Kysely<Database>,
  number: { phoneNumberId: string; messagesPerSecond: number; seconds: number },
) {
  const { phoneNumberId, messagesPerSecond, seconds } = number;
  const wabaId = `8${phoneNumberId}`;
  await fetch(`${simulatorUrl}/_numbers`, {
    method: "POST",
    body: JSON.stringify({ phoneNumberId, wabaId, messagesPerSecond: 0 }),
  });
  const owner = await createNumber(db, { phoneNumberId, wabaId, messagesPerSecond });
  const recipients = messagesPerSecond * seconds;
  await runBroadcast(db, await createFrozenBroadcast(db, owner, recipients));
  return readLedger(simulatorUrl, phoneNumberId);
}

async function readLedger(simulatorUrl: string, phoneNumberId: string) {
  const response = await fetch(`${simulatorUrl}/_ledger`);
  const { numbers } = z
    .object({ numbers: z.record(z.string(), z.unknown()) })
    .parse(await response.json());
  return numberLedger.parse(numbers[phoneNumberId]);
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

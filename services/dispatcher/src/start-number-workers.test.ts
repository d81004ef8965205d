import { randomUUID } from "node:crypto";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { assignNumbers } from "@loudhailer/pacing/assign-numbers.ts";
import { openClaimer } from "@loudhailer/pacing/claimer.ts";
import { createPacer } from "@loudhailer/pacing/pacer.ts";
import { createThrottle } from "@loudhailer/pacing/throttle.ts";
import { createQueueBackend } from "@loudhailer/queue/queue-backend.ts";
import { createLogger } from "@loudhailer/runtime/logger.ts";
import {
  createTestBroadcast,
  createTestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { useTestDatabase, useTestRedis } from "@loudhailer/testing/test-environment.ts";
import { afterAll, expect, test } from "vitest";
import { createCircuitBreaker } from "./circuit-breaker.ts";
import { startNumberWorkers } from "./start-number-workers.ts";

const { databaseUrl } = await useTestDatabase();
const { redisUrl } = await useTestRedis();
const owner = createDb(createPool({ connectionString: databaseUrl, max: 2 }));
const pool = createPool({ connectionString: databaseUrl, role: "loudhailer_engine" });
const db = createDb(pool);
const backend = createQueueBackend({ redisUrl, databaseUrl });
const log = createLogger({ service: "test", level: "silent" });
afterAll(async () => {
  await backend.close();
  await db.destroy();
  await owner.destroy();
});

async function addSendingNumbers(count: number): Promise<{ phoneNumberId: string }[]> {
  return owner.transaction().execute(async (trx) => {
    const numbers = [];
    for (let n = 0; n < count; n++) {
      const number = await createTestOrganization(trx, { phoneNumberId: `1${n}`, wabaId: `2${n}` });
      await createTestBroadcast(trx, number, { recipients: 0 });
      numbers.push(number);
    }
    return numbers;
  });
}

/** Registers dispatchers that stay alive without a heartbeat. */
async function registerDispatchers(count: number): Promise<string[]> {
  const last_seen_at = new Date(Date.now() + 3_600_000);
  const rows = Array.from({ length: count }, () => ({ id: randomUUID(), last_seen_at }));
  await owner.insertInto("dispatchers").values(rows).execute();
  return rows.map(({ id }) => id);
}

function serve(dispatcherId: string) {
  const serving = new Set<string>();
  const workers = startNumberWorkers({
    db,
    dispatcherId,
    backend,
    concurrencyMax: 1,
    openNumber(phoneNumberId) {
      serving.add(phoneNumberId);
      const pacer = createPacer();
      const claimer = openClaimer(pool, { phoneNumberId, dispatcherId, pacer, log });
      const close = () => {
        serving.delete(phoneNumberId);
        claimer.close();
      };
      const throttle = createThrottle(
        pacer,
        () => claimer.claimants(),
        async () => 1,
      );
      const circuitBreaker = createCircuitBreaker(() => undefined);
      return { claimer: { ...claimer, close }, pacer, throttle, circuitBreaker };
    },
    handle: async () => "done",
    log,
  });
  return { serving, workers };
}

test("numbers that other dispatchers take over are closed soon, even while they still send", async () => {
  const numbers = await addSendingNumbers(401);
  const [own = "", ...others] = await registerDispatchers(2);
  const { serving, workers } = serve(own);
  try {
    await eventually(() => expect(serving.size).toBe(401), { timeoutMs: 20_000 });
    others.push(...(await registerDispatchers(2)));
    const { assigned } = assignNumbers(numbers, own, others);
    expect(assigned.length).toBeLessThan(300);
    await eventually(() => expect(serving.size).toBe(assigned.length), { timeoutMs: 20_000 });
  } finally {
    await workers.close();
  }
}, 60_000);

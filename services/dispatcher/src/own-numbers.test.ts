import { randomUUID } from "node:crypto";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import {
  createDatabaseHistory,
  type DatabaseHistory,
} from "@loudhailer/pacing/database-history.ts";
import { createRecentClaims } from "@loudhailer/pacing/recent-claims.ts";
import { createLogger } from "@loudhailer/runtime/logger.ts";
import {
  createTestBroadcast,
  createTestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { ownNumber } from "@loudhailer/testing/own-number.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { afterAll, afterEach, expect, test } from "vitest";
import { openNumber } from "./open-number.ts";
import { startOwnNumbers, type OwnNumbers } from "./own-numbers.ts";

const { databaseUrl } = await useTestDatabase();
const owner = createDb(createPool({ connectionString: databaseUrl, max: 2 }));
const pool = createPool({ connectionString: databaseUrl, role: "loudhailer_engine" });
const db = createDb(pool);
const log = createLogger({ service: "test", level: "silent" });
const started = new Set<OwnNumbers>();
afterEach(async () => {
  await Promise.all([...started].map((numbers) => numbers.close()));
  started.clear();
  await owner.updateTable("whatsapp_broadcasts").set({ status: "completed" }).execute();
  await owner.deleteFrom("number_leases").execute();
});
afterAll(async () => {
  await db.destroy();
  await owner.destroy();
});

async function addSendingNumbers(...rates: number[]): Promise<string[]> {
  const ids: string[] = [];
  for (const messagesPerSecond of rates) {
    const number = await createTestOrganization(owner, { messagesPerSecond });
    await createTestBroadcast(owner, number, { recipients: 0 });
    ids.push(number.phoneNumberId);
  }
  return ids;
}

interface Dispatcher {
  id: string;
  numbers: OwnNumbers;
  /** Numbers that have a worker. */
  serving: Set<string>;
  history: DatabaseHistory;
  restored(): number;
}

async function startDispatcher(): Promise<Dispatcher> {
  const id = randomUUID();
  const serving = new Set<string>();
  const history = createDatabaseHistory();
  let restored = 0;
  const leasePool = createPool({
    connectionString: databaseUrl,
    role: "loudhailer_engine",
    max: 2,
  });
  const deps = { db, pool, dispatcherId: id, history, recentClaims: createRecentClaims(), log };
  const numbers = await startOwnNumbers({
    dispatcherId: id,
    leasePool,
    history,
    restore: async () => void restored++,
    concurrencyMax: 1,
    openNumber: (...number) => openNumber(deps, ...number),
    openWorker(_, phoneNumberId) {
      serving.add(phoneNumberId);
      return { concurrency: 1, close: async () => void serving.delete(phoneNumberId) };
    },
    log,
  });
  const close = async () => {
    started.delete(owned);
    await numbers.close();
    await leasePool.end();
  };
  const owned = { ...numbers, close };
  started.add(owned);
  return { id, numbers: owned, serving, history, restored: () => restored };
}

function ownersOf(phoneNumberIds: readonly string[]) {
  return owner
    .selectFrom("number_leases")
    .where("phone_number_id", "in", phoneNumberIds)
    .select(["phone_number_id", "dispatcher_id"])
    .execute();
}

const soon = { timeoutMs: 10_000 };

test("a dispatcher that joins gets its share, and one that stops gives up all of its numbers", async () => {
  const numbers = await addSendingNumbers(80, 80, 20, 20, 1, 1);
  const first = await startDispatcher();
  await eventually(() => expect(first.serving.size).toBe(6), soon);
  const second = await startDispatcher();
  await eventually(() => {
    expect(first.serving.size).toBe(3);
    expect(second.serving.size).toBe(3);
  }, soon);
  expect([...first.serving, ...second.serving].toSorted()).toEqual(numbers.toSorted());
  await first.numbers.close();
  const stoppedAt = performance.now();
  await eventually(() => expect(second.serving.size).toBe(6), soon);
  expect(performance.now() - stoppedAt).toBeLessThan(4_000);
  const owners = await ownersOf(numbers);
  expect(new Set(owners.map((row) => row.dispatcher_id))).toEqual(new Set([second.id]));
  expect(await owner.selectFrom("dispatchers").where("id", "=", first.id).execute()).toEqual([]);
});

test("a number has one owner at every moment while dispatchers join and leave", async () => {
  const numbers = await addSendingNumbers(...Array.from({ length: 20 }, () => 10));
  const dispatchers = [await startDispatcher()];
  const twice: string[] = [];
  const watch = setInterval(() => {
    for (const number of numbers) {
      const owners = dispatchers.filter(({ serving }) => serving.has(number));
      if (owners.length > 1) twice.push(number);
    }
  }, 5);
  for (let n = 0; n < 3; n++) dispatchers.push(await startDispatcher());
  const served = () => dispatchers.map(({ serving }) => serving.size);
  await eventually(() => expect(served()).toEqual([5, 5, 5, 5]), soon);
  await dispatchers[0]?.numbers.close();
  await dispatchers[2]?.numbers.close();
  await eventually(() => expect(served()).toEqual([0, 10, 0, 10]), soon);
  clearInterval(watch);
  expect(twice).toEqual([]);
});

test("an owner whose lease another dispatcher has taken stops sending at its next renewal", async () => {
  const [number = ""] = await addSendingNumbers(80);
  const { serving } = await startDispatcher();
  await eventually(() => expect(serving.size).toBe(1), soon);
  await owner
    .updateTable("number_leases")
    .set({ dispatcher_id: randomUUID(), epoch: "7" })
    .where("phone_number_id", "=", number)
    .execute();
  await eventually(() => expect(serving.size).toBe(0), soon);
});

test("a database that lost its last changes gets them written again, once", async () => {
  await addSendingNumbers(80);
  const { history, restored, serving } = await startDispatcher();
  await eventually(() => expect(serving.size).toBe(1), soon);
  expect(restored()).toBe(0);
  history.accept({ timeline: "00000099", position: 0 });
  await eventually(() => expect(history.last()?.timeline).toBe("00000001"), soon);
  expect(restored()).toBe(1);
  expect(serving.size).toBe(1);
});

test("a number that Meta holds keeps its owner, and a new rate is taken over", async () => {
  const [number = ""] = await addSendingNumbers(80);
  await owner
    .updateTable("whatsapp_providers")
    .set({ held_until: new Date(Date.now() + 60_000), messages_per_second: 20 })
    .where("phone_number_id", "=", number)
    .execute();
  const { serving } = await startDispatcher();
  await eventually(() => expect(serving.size).toBe(1), soon);
  const rate = () =>
    owner
      .selectFrom("whatsapp_providers")
      .where("phone_number_id", "=", number)
      .select("current_messages_per_second as rate")
      .executeTakeFirst();
  await owner
    .updateTable("whatsapp_providers")
    .set({ messages_per_second: 10 })
    .where("phone_number_id", "=", number)
    .execute();
  await eventually(async () => expect(await rate()).toEqual({ rate: 10 }), soon);
});

test("a lease that its dispatcher doesn't know is given up, and the number is served", async () => {
  const dispatcher = await startDispatcher();
  const [number = ""] = await addSendingNumbers(80);
  // As if the connection broke when the number was taken or given up.
  await ownNumber(owner, number, dispatcher.id);
  await eventually(() => expect(dispatcher.serving).toContain(number), soon);
});

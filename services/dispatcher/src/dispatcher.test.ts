import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startBroadcastEngine } from "@loudhailer/core/broadcasts/start-broadcast-engine.ts";
import { encryptSecret } from "@loudhailer/core/secrets/encrypt-secret.ts";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { startSimulator } from "@loudhailer/meta-simulator/start-simulator.ts";
import { createQueueBackend } from "@loudhailer/queue/queue-backend.ts";
import { openSendQueues } from "@loudhailer/queue/send-queues.ts";
import { broadcastCounts } from "@loudhailer/testing/broadcast-counts.ts";
import {
  createTestBroadcast,
  createTestOrganization,
  testTemplate,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { useTestDatabase, useTestRedis } from "@loudhailer/testing/test-environment.ts";
import { afterAll, afterEach, expect, test } from "vitest";

const { databaseUrl } = await useTestDatabase();
const { redisUrl } = useTestRedis();
const key = randomBytes(32);
const keyring = { currentId: "test", keys: new Map([["test", key]]) };

const db = createDb(createPool({ connectionString: databaseUrl, max: 4 }));
const backend = createQueueBackend({ redisUrl, databaseUrl });
const queues = openSendQueues(backend);
const quiet = () => undefined;
const engine = startBroadcastEngine({
  engineDb: createDb(createPool({ connectionString: databaseUrl, role: "loudhailer_engine" })),
  queues,
  log: { info: quiet, warn: quiet, error: quiet },
});
const simulator = await startSimulator({
  numbers: [],
  pairRate: false,
  latencyMs: 20,
  templateReviewMs: 0,
});

const dispatchers = new Set<ChildProcess>();
afterEach(async () => {
  for (const dispatcher of dispatchers) await stop(dispatcher, "SIGTERM");
});
afterAll(async () => {
  await engine.close();
  await queues.close();
  await backend.close();
  await simulator.close();
  await db.destroy();
});

async function startDispatcher(): Promise<ChildProcess> {
  const dispatcher = spawn(process.execPath, [fileURLToPath(new URL("main.ts", import.meta.url))], {
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      META_GRAPH_URL: simulator.url,
      ENCRYPTION_KEYS: `test:${key.toString("base64")}`,
      METRICS_PORT: "0",
    },
  });
  dispatchers.add(dispatcher);
  return dispatcher;
}

async function stop(dispatcher: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  dispatchers.delete(dispatcher);
  if (dispatcher.exitCode !== null || dispatcher.signalCode !== null) return;
  const exited = once(dispatcher, "exit");
  dispatcher.kill(signal);
  await exited;
}

async function sendingBroadcast(recipients: number, messagesPerSecond: number) {
  const organization = await createTestOrganization(db, {
    accessToken: encryptSecret(keyring, "simulator-token"),
    messagesPerSecond,
  });
  simulator.addNumber({
    phoneNumberId: organization.phoneNumberId,
    wabaId: organization.wabaId,
    messagesPerSecond: 0,
  });
  await createTemplate(organization.wabaId);
  const { broadcastId } = await createTestBroadcast(db, organization, { recipients });
  return { broadcastId, phoneNumberId: organization.phoneNumberId };
}

async function createTemplate(wabaId: string): Promise<void> {
  const { name, language, parameterFormat, components } = testTemplate;
  const [body] = components;
  const response = await fetch(`${simulator.url}/v25.0/${wabaId}/message_templates`, {
    method: "POST",
    headers: { authorization: "Bearer simulator-token", "content-type": "application/json" },
    body: JSON.stringify({
      name,
      language,
      category: "MARKETING",
      parameter_format: parameterFormat,
      components: [{ ...body, example: { body_text: [["Ada"]] } }],
    }),
  });
  expect(await response.text()).toContain('"id"');
}

function accepted(phoneNumberId: string): number {
  return simulator.ledger().numbers[phoneNumberId]?.accepted ?? 0;
}

async function statusOf(broadcastId: string): Promise<string> {
  const { status } = await db
    .selectFrom("whatsapp_broadcasts")
    .where("id", "=", broadcastId)
    .select("status")
    .executeTakeFirstOrThrow();
  return status;
}

test("every recipient of a broadcast is sent once and counted", async () => {
  await startDispatcher();
  const { broadcastId, phoneNumberId } = await sendingBroadcast(500, 1_000);
  await eventually(async () => expect(await statusOf(broadcastId)).toBe("completed"), {
    timeoutMs: 25_000,
  });
  expect(accepted(phoneNumberId)).toBe(500);
  expect(simulator.ledger().duplicates).toBe(0);
  const { counters, rows } = await broadcastCounts(db, broadcastId);
  expect(counters).toEqual(rows);
  expect(counters).toMatchObject({ successful: 500, unknown: 0, failed: 0 });
});

test("connections cut before and after Meta accepted leave nobody sent twice", async () => {
  await startDispatcher();
  simulator.setFaults({ cutBefore: 0.05, cutAfter: 0.05, error5xx: 0.02 });
  const { broadcastId, phoneNumberId } = await sendingBroadcast(400, 1_000);
  await eventually(async () => expect(await statusOf(broadcastId)).toBe("completed"), {
    timeoutMs: 25_000,
  });
  simulator.setFaults({ cutBefore: 0, cutAfter: 0, error5xx: 0 });
  expect(simulator.ledger().duplicates).toBe(0);
  const { counters, rows } = await broadcastCounts(db, broadcastId);
  expect(counters).toEqual(rows);
  expect(counters.successful + counters.unknown + counters.failed).toBe(400);
  expect(counters.unknown).toBeGreaterThan(0);
  // Whoever Meta accepted is known as sent, or as unknown where the answer was cut.
  expect(accepted(phoneNumberId)).toBeGreaterThanOrEqual(counters.successful);
  expect(accepted(phoneNumberId)).toBeLessThanOrEqual(counters.successful + counters.unknown);
});

test(
  "a dispatcher killed in mid-broadcast: nobody twice, nobody lost",
  { timeout: 90_000 },
  async () => {
    const first = await startDispatcher();
    const { broadcastId, phoneNumberId } = await sendingBroadcast(1_500, 200);
    await eventually(() => expect(accepted(phoneNumberId)).toBeGreaterThan(200), {
      timeoutMs: 20_000,
    });
    await stop(first, "SIGKILL");
    await startDispatcher();
    await eventually(async () => expect(await statusOf(broadcastId)).toBe("completed"), {
      timeoutMs: 60_000,
    });
    expect(simulator.ledger().duplicates).toBe(0);
    const { counters, rows } = await broadcastCounts(db, broadcastId);
    expect(counters).toEqual(rows);
    expect(counters.failed).toBe(0);
    expect(counters.successful + counters.unknown).toBe(1_500);
    expect(accepted(phoneNumberId)).toBeGreaterThanOrEqual(counters.successful);
  },
);

import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startBroadcastEngine } from "@loudhailer/core/engine/start-broadcast-engine.ts";
import { encryptSecret } from "@loudhailer/core/secrets/encrypt-secret.ts";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { startSimulator } from "@loudhailer/meta-simulator/start-simulator.ts";
import { createQueueBackend } from "@loudhailer/queue/queue-backend.ts";
import { openSendQueues } from "@loudhailer/queue/send-queues.ts";
import {
  createTestBroadcast,
  createTestOrganization,
  testTemplate,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase, useTestRedis } from "@loudhailer/testing/test-environment.ts";
import { afterAll, afterEach, expect } from "vitest";

const quiet = () => undefined;
const mainPath = fileURLToPath(new URL("../main.ts", import.meta.url));

/**
 * Starts what sending needs: stores, the API's background work and a simulator. Tests start
 * dispatchers as processes.
 */
export async function startTestStack() {
  const { databaseUrl } = await useTestDatabase();
  const { redisUrl } = await useTestRedis();
  const key = randomBytes(32);
  const keyring = { currentId: "test", keys: new Map([["test", key]]) };
  const db = createDb(createPool({ connectionString: databaseUrl, max: 4 }));
  const backend = createQueueBackend({ redisUrl, databaseUrl });
  const queues = openSendQueues(backend);
  const engineDb = createDb(
    createPool({ connectionString: databaseUrl, role: "loudhailer_engine" }),
  );
  const engine = startBroadcastEngine({
    engineDb,
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
    await engineDb.destroy();
    await db.destroy();
  });

  async function startDispatcher(env: Record<string, string> = {}): Promise<ChildProcess> {
    const dispatcher = spawn(process.execPath, [mainPath], {
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        ...process.env,
        DATABASE_URL: databaseUrl,
        REDIS_URL: redisUrl,
        META_GRAPH_URL: simulator.url,
        ENCRYPTION_KEYS: `test:${key.toString("base64")}`,
        METRICS_PORT: "0",
        ...env,
      },
    });
    dispatchers.add(dispatcher);
    return dispatcher;
  }

  async function stop(dispatcher: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
    dispatchers.delete(dispatcher);
    if (dispatcher.exitCode === null && dispatcher.signalCode === null) {
      const exited = once(dispatcher, "exit");
      dispatcher.kill(signal);
      await exited;
    }
    return dispatcher.exitCode;
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

  /** Creates a number whose real limit at Meta is `metasLimit` per second, or none if 0. */
  async function createNumber(messagesPerSecond: number, metasLimit = 0) {
    const organization = await createTestOrganization(db, {
      accessToken: encryptSecret(keyring, "simulator-token"),
      messagesPerSecond,
    });
    const { phoneNumberId, wabaId } = organization;
    simulator.addNumber({ phoneNumberId, wabaId, messagesPerSecond: metasLimit });
    await createTemplate(wabaId);
    return organization;
  }

  async function sendingBroadcast(recipients: number, messagesPerSecond: number, metasLimit = 0) {
    const organization = await createNumber(messagesPerSecond, metasLimit);
    const broadcast = await createTestBroadcast(db, organization, { recipients });
    return { ...organization, ...broadcast };
  }

  function broadcastOf(broadcastId: string) {
    return db
      .selectFrom("whatsapp_broadcasts")
      .where("id", "=", broadcastId)
      .selectAll()
      .executeTakeFirstOrThrow();
  }

  return {
    db,
    databaseUrl,
    keyring,
    simulator,
    startDispatcher,
    stop,
    createNumber,
    sendingBroadcast,
    broadcastOf,
    accepted: (phoneNumberId: string) => simulator.ledger().numbers[phoneNumberId]?.accepted ?? 0,
    control: async (change: object) => {
      const response = await fetch(`${simulator.url}/_control`, {
        method: "POST",
        body: JSON.stringify(change),
      });
      expect(response.status).toBe(200);
    },
  };
}

import { randomUUID } from "node:crypto";
import { testBroadcast } from "@loudhailer/core/broadcasts/test-broadcast.ts";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { createDatabaseHistory } from "@loudhailer/pacing/database-history.ts";
import { createRecentClaims } from "@loudhailer/pacing/recent-claims.ts";
import { createLogger } from "@loudhailer/runtime/logger.ts";
import { createTestBroadcast } from "@loudhailer/testing/create-test-broadcast.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { createGraphClient, type GraphClient } from "@loudhailer/whatsapp/graph-client.ts";
import { afterAll, expect, test } from "vitest";
import { openNumber } from "./open-number.ts";
import { startOwnNumbers } from "./own-numbers.ts";
import type { OwnNumber } from "./send-recipient.ts";
import { startTestStack } from "./testing/start-test-stack.ts";

const { db, databaseUrl, keyring, simulator, sendingBroadcast } = await startTestStack();
const open = (role: "loudhailer_api" | "loudhailer_engine") =>
  createPool({ connectionString: databaseUrl, role, max: 3 });
const [api, pool, leasePool] = [
  createDb(open("loudhailer_api")),
  open("loudhailer_engine"),
  open("loudhailer_engine"),
];
const meta = createGraphClient({ baseUrl: simulator.url, version: "v25.0" });
afterAll(() => Promise.all([api.destroy(), pool.end(), leasePool.end(), meta.close()]));

/** Moments at which messages were written, by this process's clock. */
const left: number[] = [];
const messagesPerSecond = 20;

/** Starts a dispatcher that always has a message of the number to send. */
function startBusyDispatcher() {
  const log = createLogger({ service: "test", level: "silent" });
  const history = createDatabaseHistory();
  const engineDb = createDb(pool);
  const recentClaims = createRecentClaims();
  const dispatcherId = randomUUID();
  const deps = { db: engineDb, pool, dispatcherId, history, recentClaims, log };
  return startOwnNumbers({
    ...deps,
    leasePool,
    restore: () => Promise.resolve(),
    concurrencyMax: 1,
    openNumber: (...number) => openNumber(deps, ...number),
    openWorker(number) {
      const sending = sendAllTheTime(number);
      return { concurrency: 1, close: () => sending };
    },
    log,
  });
}

/** The messages leave when the pacer lets them, so what is measured is not the machine's load. */
async function sendAllTheTime({ pacer }: OwnNumber): Promise<void> {
  for (let departure = await pacer.wait(); departure; departure = await pacer.wait()) {
    departure.mayLeave();
    departure.end();
    left.push(departure.leftAt() ?? Number.NaN);
  }
}

function busiestSecond(): number {
  return Math.max(...left.map((at) => left.filter((t) => t > at - 1_000 && t <= at).length));
}

const graph: GraphClient = {
  ...meta,
  sendMessage: (message) =>
    meta.sendMessage({ ...message, mayLeave: () => left.push(performance.now()) > 0 }),
};

test("a running broadcast and test messages together stay within the number's rate", async () => {
  const broadcast = await sendingBroadcast(1, messagesPerSecond);
  const { organizationId, phoneNumberId } = broadcast;
  const draft = await createTestBroadcast(db, broadcast, { recipients: 0, status: "draft" });
  const dispatcher = await startBusyDispatcher();
  try {
    await eventually(() => expect(left.length).toBeGreaterThan(messagesPerSecond));
    const actor = { userId: null, apiKeyId: null, ipAddress: null };
    const ctx = { db: api, organizationId, actor, webhookUrl: "", graph, keyring };
    await Promise.all(
      ["+15550190001", "+15550190002"].map((to) => testBroadcast(ctx, draft.broadcastId, { to })),
    );
    const sent = left.length;
    await eventually(() => expect(left.length).toBeGreaterThan(sent + messagesPerSecond));
  } finally {
    await dispatcher.close();
  }
  expect(simulator.ledger().numbers[phoneNumberId]?.accepted).toBe(2);
  expect(busiestSecond()).toBeLessThanOrEqual(messagesPerSecond);
});

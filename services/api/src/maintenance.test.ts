import { startMaintenance } from "@loudhailer/core/maintenance/start-maintenance.ts";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { createQueueBackend } from "@loudhailer/queue/queue-backend.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { useTestRedis } from "@loudhailer/testing/test-environment.ts";
import { createGraphClient } from "@loudhailer/whatsapp/graph-client.ts";
import { Redis } from "ioredis";
import { sql } from "kysely";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { number, startTestApi } from "./testing/start-test-api.ts";

const { simulator, db, engineDb, keyring, databaseUrl, newOrganization } = await startTestApi();
const graph = createGraphClient({ baseUrl: simulator.url, version: "v25.0" });
afterAll(() => graph.close());
const { redisUrl, prefix } = await useTestRedis();
const { api, organizationId } = await newOrganization();
const { id: providerId } = (await api.post("/v1/whatsapp-providers", number)).body;
const log = { info: () => {}, warn: () => {}, error: () => {} };

async function withMaintenance(options: { redisUrl?: string }, work: () => Promise<void>) {
  const backend = createQueueBackend({ ...options, databaseUrl, prefix });
  const maintenance = startMaintenance({
    backend,
    db,
    engineDb,
    graph,
    keyring,
    webhookUrl: "https://hooks.test",
    log,
    dailyAt: "* * * * * *",
  });
  try {
    await work();
  } finally {
    await maintenance.close();
    await backend.close();
  }
}

const setTokenExpired = (tokenExpired: boolean) =>
  fetch(`${simulator.url}/_control`, { method: "POST", body: JSON.stringify({ tokenExpired }) });

const syncs = () =>
  engineDb
    .selectFrom("audit_log")
    .select("actor_user_id")
    .where("organization_id", "=", organizationId)
    .where("action", "=", "templates.synced")
    .execute();

async function refreshedAgain(): Promise<void> {
  const before = (await syncs()).length;
  await engineDb
    .updateTable("whatsapp_providers")
    .set({ quality_rating: null })
    .where("id", "=", providerId)
    .execute();
  await eventually(async () => {
    expect((await syncs()).length).toBeGreaterThan(before);
    expect((await api.get(`/v1/whatsapp-providers/${providerId}`)).body.qualityRating).toBe(
      "GREEN",
    );
  });
}

test.each([
  ["Redis", { redisUrl }],
  ["PostgreSQL", {}],
])("numbers and templates are refreshed automatically with the queue on %s", (_on, options) =>
  withMaintenance(options, async () => {
    await refreshedAgain();
    await refreshedAgain();
    expect((await api.get("/v1/templates?limit=1")).body.items).toHaveLength(1);
  }),
);

test("maintenance restores a schedule that Redis has lost", async () => {
  await withMaintenance({ redisUrl }, refreshedAgain);
  const redis = new Redis(redisUrl);
  const keys = await redis.keys(`${prefix}:maintenance:*`);
  expect(keys).not.toEqual([]);
  await redis.del(keys);
  redis.disconnect();
  await withMaintenance({ redisUrl }, refreshedAgain);
});

test("a number shows the reason when Meta refuses a refresh", async () => {
  await setTokenExpired(true);
  await withMaintenance({}, () =>
    eventually(async () => {
      const provider = (await api.get(`/v1/whatsapp-providers/${providerId}`)).body;
      expect(provider).toMatchObject({ status: "disconnected", statusReason: "meta_190" });
    }),
  );
});

// Last, since its job waits in the queue to be tried again.
test("templates are synced though a number's check fails unexpectedly", async () => {
  const owner = createDb(createPool({ connectionString: databaseUrl, max: 1 }));
  onTestFinished(() => owner.destroy());
  await sql`create function broken() returns trigger language plpgsql as
    $$ begin raise exception using errcode = 'XX000', message = 'made for a test'; end $$`.execute(
    owner,
  );
  await sql`create trigger broken before update on whatsapp_providers
    for each row execute function broken()`.execute(owner);
  await setTokenExpired(false);
  const before = (await syncs()).length;
  await withMaintenance({}, () =>
    eventually(async () => expect((await syncs()).length).toBeGreaterThan(before)),
  );
  await sql`drop function broken cascade`.execute(owner);
});

import {
  createTestBroadcast,
  createTestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { awayCodes, failInserts, ourCodes } from "@loudhailer/testing/database-failures.ts";
import { openDatabaseProxy } from "@loudhailer/testing/database-proxy.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { sql } from "kysely";
import { afterAll, describe, expect, test } from "vitest";
import {
  entryOf,
  openDataOf,
  openDb,
  postOf,
  startTestWebhook,
  statusOf,
} from "./testing/test-webhook.ts";

const { databaseUrl } = await useTestDatabase();
const db = openDb(databaseUrl);
const dataOf = await openDataOf(db);
const proxy = await openDatabaseProxy(databaseUrl);
const webhook = await startTestWebhook(proxy.url);
afterAll(async () => {
  await webhook.close();
  await proxy.close();
  await db.destroy();
});

test("every POST gets 503 with retry-after at once while the database is unavailable and 200 afterwards", async () => {
  const organization = await createTestOrganization(db);
  const { recipientIds } = await createTestBroadcast(db, organization, {
    recipients: 1,
    attempts: 1,
  });
  const [id = ""] = recipientIds;
  const body = postOf(entryOf(organization, [statusOf({ biz_opaque_callback_data: dataOf(id) })]));
  const status = () =>
    db
      .selectFrom("whatsapp_broadcast_recipients")
      .where("id", "=", id)
      .select("status")
      .executeTakeFirstOrThrow();
  const unknown = postOf(entryOf(organization, [statusOf({ id: "wamid.x" })]));
  expect((await webhook.post(unknown)).status).toBe(200);

  await proxy.close();
  const startedAtMs = performance.now();
  const answers = await Promise.all(Array.from({ length: 20 }, () => webhook.post(body)));
  expect(performance.now() - startedAtMs).toBeLessThan(2_000);
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([503]));
  expect(answers[0]?.headers.get("retry-after")).toMatch(/^\d+$/);
  expect(await answers[0]?.json()).toMatchObject({ error: { code: "unavailable" } });
  expect((await fetch(`${webhook.origin}/readyz`)).status).toBe(503);
  expect((await fetch(`${webhook.origin}/healthz`)).status).toBe(200);
  expect((await status()).status).toBe("pending");

  await proxy.open();
  await expect
    .poll(async () => (await webhook.post(body)).status, { timeout: 5_000, interval: 50 })
    .toBe(200);
  expect((await status()).status).toBe("sent");
});

test("POSTs get 503 or 200, never 500, when PostgreSQL terminates the connections", async () => {
  const organization = await createTestOrganization(db);
  const body = postOf(entryOf(organization, [statusOf({ id: "wamid.y" })]));
  const posts = Promise.all(Array.from({ length: 200 }, () => webhook.post(body)));
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(db);
  const statuses = new Set((await posts).map((answer) => answer.status));
  statuses.delete(200);
  statuses.delete(503);
  expect([...statuses]).toEqual([]);
  await expect
    .poll(async () => (await webhook.post(body)).status, { timeout: 5_000, interval: 50 })
    .toBe(200);
});

describe("a SQLSTATE of PostgreSQL", () => {
  // No one's number: the change is kept as an event.
  const body = postOf(entryOf({ phoneNumberId: "1", wabaId: "1" }, [statusOf({})]));

  test.each(awayCodes)("%s is answered with 503 and retry-after", async (code) => {
    await failInserts(db, "webhook_events", code);
    const answer = await webhook.post(body);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(await answer.json()).toMatchObject({ error: { code: "unavailable" } });
  });

  test.each(ourCodes)("%s is answered with 500", async (code) => {
    await failInserts(db, "webhook_events", code);
    const answer = await webhook.post(body);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([500, null]);
  });
});

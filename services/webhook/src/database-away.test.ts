import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import {
  createTestBroadcast,
  createTestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { entryOf, openDb, postOf, startTestWebhook, statusOf } from "./testing/test-webhook.ts";

/** Creates a proxy in front of the real PostgreSQL that can be closed and opened again. */
function createProxy(target: URL) {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;

  function pass(client: Socket): void {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  }

  async function open(): Promise<number> {
    server = createServer(pass).listen(port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address !== null && typeof address !== "string") port = address.port;
    return port;
  }

  async function close(): Promise<void> {
    const closing = server;
    if (!closing) return;
    server = undefined;
    closing.close();
    for (const socket of sockets) socket.destroy();
    await once(closing, "close");
  }

  return { open, close };
}

const { databaseUrl } = await useTestDatabase();
const db = openDb(databaseUrl);
const proxy = createProxy(new URL(databaseUrl));
const throughProxy = new URL(databaseUrl);
throughProxy.hostname = "127.0.0.1";
throughProxy.port = String(await proxy.open());
const webhook = await startTestWebhook(throughProxy.href);
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
  const body = postOf(entryOf(organization, [statusOf({ biz_opaque_callback_data: id })]));
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

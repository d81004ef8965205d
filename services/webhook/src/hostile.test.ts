import { connect } from "node:net";
import {
  createTestBroadcast,
  createTestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { expect, test } from "vitest";
import { encrypt, entryOf, postOf, statusOf, useTestWebhook } from "./testing/test-webhook.ts";

const { db, webhook, dataOf } = await useTestWebhook();

const megabyte = 1024 * 1024;

function raw(body: string | Buffer, headers: Record<string, string> = {}) {
  return fetch(webhook.url, { method: "POST", body, headers });
}

async function healthy() {
  const organization = await createTestOrganization(db);
  const answer = await webhook.post(postOf(entryOf(organization, [statusOf({})])));
  expect(answer.status).toBe(200);
}

test("malformed bodies never cause a server error, and the next request is served", async () => {
  const bodies: (string | Buffer)[] = [
    "",
    "{",
    "null",
    '"text"',
    "<html></html>",
    Buffer.from([0xff, 0xfe, 0x00, 0x80]),
    "[".repeat(100_000),
    '{"entry":'.repeat(50_000),
    "1".repeat(megabyte),
  ];
  for (const body of bodies) {
    expect([400, 401]).toContain((await raw(body)).status);
    const signed = await webhook.post(body.toString("latin1"));
    expect([200, 400]).toContain(signed.status);
  }
  await healthy();
});

test("extreme nesting is refused before parsing, and moderate nesting is kept", async () => {
  const organization = await createTestOrganization(db);
  const nested = (levels: number, pad = 0) => {
    const deep = `${"[".repeat(levels)}${"]".repeat(levels)}`;
    const value = `{"metadata":{"phone_number_id":"${organization.phoneNumberId}"},"deep":${deep}}`;
    return `{"pad":"${"x".repeat(pad)}","entry":[{"id":"1","changes":[{"field":"x","value":${value}}]}]}`;
  };
  expect((await webhook.post(nested(500_000))).status).toBe(400);
  expect((await webhook.post(`[${"{},".repeat(500_000)}{}]`)).status).toBe(400);
  expect((await webhook.post(nested(20_000))).status).toBe(200);
  expect((await webhook.post(nested(80, 100_000))).status).toBe(200);
  const brackets = JSON.stringify({ entry: [], pad: '[{\\"'.repeat(100_000) });
  expect((await webhook.post(brackets)).status).toBe(200);
  await healthy();
});

test("10,000 entries of 10,000 unknown numbers get 401 with a wrong signature and are kept with a valid one", async () => {
  const entries = Array.from({ length: 10_000 }, (_, n) =>
    entryOf({ phoneNumberId: `404${n}`, wabaId: `505${n}` }, [statusOf({})]),
  );
  const body = JSON.stringify(postOf(...entries));
  expect((await webhook.post(body, "a stranger's")).status).toBe(401);
  expect((await webhook.post(body)).status).toBe(200);
  const kept = await db
    .selectFrom("webhook_events")
    .where("phone_number_id", "like", "404%")
    .select(({ fn }) => fn.countAll<string>().as("count"))
    .executeTakeFirst();
  expect(kept?.count).toBe("10000");
});

test("6,000 entries of one number are all applied", async () => {
  const organization = await createTestOrganization(db);
  const { recipientIds } = await createTestBroadcast(db, organization, {
    recipients: 3_000,
    attempts: 1,
  });
  const entries = recipientIds.flatMap((id) =>
    ["sent", "delivered"].map((status) =>
      entryOf(organization, [
        statusOf({ id: `wamid.${id}`, status, biz_opaque_callback_data: dataOf(id) }),
      ]),
    ),
  );
  expect((await webhook.post(postOf(...entries))).status).toBe(200);
  const broadcast = await db
    .selectFrom("counted_broadcasts")
    .where("organization_id", "=", organization.organizationId)
    .select("delivered_count")
    .executeTakeFirst();
  expect(broadcast?.delivered_count).toBe(3_000);
});

test("6,000 messages of one change are all stored", async () => {
  const organization = await createTestOrganization(db);
  const messages = Array.from({ length: 6_000 }, (_, n) => ({
    from: `1555010${String(n).padStart(4, "0")}`,
    id: `wamid.many-${n}`,
    timestamp: "1790000000",
    type: "text",
    text: { body: "Hello" },
  }));
  const metadata = { phone_number_id: organization.phoneNumberId };
  const change = { field: "messages", value: { metadata, messages } };
  const body = postOf({ id: organization.wabaId, changes: [change] });
  expect((await webhook.post(body)).status).toBe(200);
  const stored = await db
    .selectFrom("inbound_messages")
    .where("organization_id", "=", organization.organizationId)
    .select(({ fn }) => fn.countAll<string>().as("count"))
    .executeTakeFirst();
  expect(stored?.count).toBe("6000");
});

test("the signer's own number is found after hundreds of unknown numbers", async () => {
  const own = await createTestOrganization(db);
  await db
    .updateTable("whatsapp_providers")
    .set({ app_secret: encrypt("own-secret") })
    .where("id", "=", own.providerId)
    .execute();
  const { recipientIds } = await createTestBroadcast(db, own, { recipients: 1, attempts: 1 });
  const [id = ""] = recipientIds;
  const strangers = Array.from({ length: 200 }, (_, n) =>
    entryOf({ phoneNumberId: `606${n}`, wabaId: `707${n}` }, [statusOf({})]),
  );
  const mine = entryOf(own, [statusOf({ biz_opaque_callback_data: dataOf(id) })]);
  const post = postOf(...strangers, mine);
  // Cached secrets are up to 5 s old. Until their refresh the POST gets 401, and Meta retries.
  await expect
    .poll(async () => (await webhook.post(post, "own-secret")).status, {
      timeout: 8_000,
      interval: 100,
    })
    .toBe(200);
  const recipient = await db
    .selectFrom("whatsapp_broadcast_recipients")
    .where("id", "=", id)
    .select("status")
    .executeTakeFirst();
  expect(recipient?.status).toBe("sent");
});

test("a body over 3 MB gets 413 whether its length is announced or not", async () => {
  const large = Buffer.alloc(4 * megabyte, " ");
  expect((await raw(large)).status).toBe(413);
  const chunked = new ReadableStream({
    start(controller) {
      for (let n = 0; n < 64; n++) controller.enqueue(new Uint8Array(64 * 1024).fill(32));
      controller.close();
    },
  });
  const answer = await fetch(webhook.url, { method: "POST", body: chunked, duplex: "half" });
  expect(answer.status).toBe(413);
  await healthy();
});

test("large bodies that never end don't block others and are released when their client disconnects", async () => {
  const url = new URL(webhook.url);
  const drips = Array.from({ length: 10 }, () => {
    const socket = connect(Number(url.port), url.hostname);
    socket.on("error", () => undefined);
    socket.write(
      `POST ${url.pathname} HTTP/1.1\r\nhost: x\r\ncontent-length: ${3 * megabyte}\r\n\r\n`,
    );
    socket.write(Buffer.alloc(2 * megabyte, " "));
    return socket;
  });
  const answers = drips.map(
    (socket) =>
      new Promise<string>((resolve) => socket.once("data", (data) => resolve(data.toString()))),
  );
  const first = await Promise.race(answers);
  expect(first).toMatch(/^HTTP\/1\.1 503 /);
  expect(first).toMatch(/retry-after: \d+/i);
  await healthy();
  for (const socket of drips) socket.destroy();
  const body = JSON.stringify({ entry: [], pad: " ".repeat(2 * megabyte) });
  await expect
    .poll(async () => (await webhook.post(body)).status, { timeout: 5_000, interval: 50 })
    .toBe(200);
});

test("a replayed POST with a valid signature changes nothing further", async () => {
  const organization = await createTestOrganization(db);
  const { recipientIds, broadcastId } = await createTestBroadcast(db, organization, {
    recipients: 1,
    attempts: 1,
  });
  const [id = ""] = recipientIds;
  const post = postOf(
    entryOf(organization, [statusOf({ status: "read", biz_opaque_callback_data: dataOf(id) })]),
  );
  for (let repeat = 0; repeat < 5; repeat++) expect((await webhook.post(post)).status).toBe(200);
  const broadcast = await db
    .selectFrom("counted_broadcasts")
    .where("id", "=", broadcastId)
    .select(["successful_sends", "delivered_count", "read_count"])
    .executeTakeFirst();
  expect(broadcast).toEqual({ successful_sends: 1, delivered_count: 1, read_count: 1 });
});

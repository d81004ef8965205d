import { randomUUID } from "node:crypto";
import { broadcastCounts } from "@loudhailer/testing/broadcast-counts.ts";
import {
  createTestBroadcast,
  createTestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { expect, test } from "vitest";
import {
  attemptOf,
  entryOf,
  postOf,
  startSending,
  statusOf,
  useTestWebhook,
} from "./testing/test-webhook.ts";

const { db, webhook, dataOf } = await useTestWebhook();

async function broadcastOf(recipients: number) {
  const organization = await createTestOrganization(db);
  const { broadcastId, recipientIds } = await createTestBroadcast(db, organization, { recipients });
  await startSending(db, broadcastId);
  return { organization, broadcastId, recipientIds };
}

function recipient(id: string | undefined) {
  return db
    .selectFrom("whatsapp_broadcast_recipients")
    .where("id", "=", id ?? "")
    .selectAll()
    .executeTakeFirstOrThrow();
}

async function pausedBy(code: number, timestamp: number) {
  const { organization, broadcastId, recipientIds } = await broadcastOf(1);
  const [id = ""] = recipientIds;
  const fields = {
    id: `wamid.${id}`,
    status: "failed",
    timestamp: String(timestamp),
    biz_opaque_callback_data: dataOf(id),
    errors: [{ code, title: "refused" }],
  };
  await webhook.post(postOf(entryOf(organization, [statusOf(fields)])));
  expect((await recipient(id)).status).toBe("failed");
  return db
    .selectFrom("whatsapp_broadcasts")
    .where("id", "=", broadcastId)
    .select(["status", "pause_reason"])
    .executeTakeFirstOrThrow();
}

test("another connection sees the row and the counters when the 200 arrives", async () => {
  const { organization, broadcastId, recipientIds } = await broadcastOf(20);
  for (const id of recipientIds) {
    const status = statusOf({ id: `wamid.${id}`, biz_opaque_callback_data: dataOf(id) });
    const response = await webhook.post(postOf(entryOf(organization, [status])));
    expect(response.status).toBe(200);
    expect(await recipient(id)).toMatchObject({ status: "sent", wamid: `wamid.${id}` });
  }
  const { counters, rows } = await broadcastCounts(db, broadcastId);
  expect(counters).toEqual(rows);
  expect(counters.successful).toBe(20);
});

test("a status without Loudhailer's callback data finds its recipient by wamid", async () => {
  const { organization, recipientIds } = await broadcastOf(1);
  const [id] = recipientIds;
  const byId = statusOf({ id: "wamid.known", biz_opaque_callback_data: dataOf(id ?? "") });
  const foreign = { id: "wamid.known", status: "read", biz_opaque_callback_data: "order-77" };
  await webhook.post(postOf(entryOf(organization, [byId])));
  await webhook.post(postOf(entryOf(organization, [statusOf(foreign)])));
  expect((await recipient(id)).status).toBe("read");
});

test("repeated and reordered statuses never move a recipient back, and each status keeps its own time", async () => {
  const { organization, broadcastId, recipientIds } = await broadcastOf(1);
  const [id = ""] = recipientIds;
  const times = { read: "1790000030", delivered: "1790000020", sent: "1790000010" };
  for (const [status, timestamp] of [...Object.entries(times), ...Object.entries(times)]) {
    const fields = { id: "wamid.order", status, timestamp, biz_opaque_callback_data: dataOf(id) };
    const response = await webhook.post(postOf(entryOf(organization, [statusOf(fields)])));
    expect(response.status).toBe(200);
    expect((await recipient(id)).status).toBe("read");
  }
  expect(await recipient(id)).toMatchObject({
    sent_at: new Date(1_790_000_010_000),
    delivered_at: new Date(1_790_000_020_000),
    read_at: new Date(1_790_000_030_000),
  });
  const { counters } = await broadcastCounts(db, broadcastId);
  expect(counters).toMatchObject({ successful: 1, delivered: 1, read: 1, failed: 0 });
});

test("a fresh failure of the account or template pauses the broadcast, and an old one doesn't", async () => {
  const nowSeconds = Math.floor(Date.now() / 1_000);
  for (const code of [131042, 132015]) {
    expect(await pausedBy(code, nowSeconds)).toEqual({
      status: "paused",
      pause_reason: `meta_${code}`,
    });
  }
  expect(await pausedBy(131042, nowSeconds - 3_600)).toMatchObject({ status: "sending" });
  expect(await pausedBy(131026, nowSeconds)).toMatchObject({ status: "sending" });
});

test("a failure repeated with a price doesn't opt out a contact who has opted in since", async () => {
  const { organization, recipientIds } = await broadcastOf(1);
  const { organizationId } = organization;
  const [id = ""] = recipientIds;
  const { id: contactId } = await db
    .insertInto("contacts")
    .values({ organization_id: organizationId, phone: "+15550002222" })
    .returning("id")
    .executeTakeFirstOrThrow();
  await db
    .updateTable("whatsapp_broadcast_recipients")
    .set({ contact_id: contactId })
    .where("id", "=", id)
    .execute();
  const failed = statusOf({
    status: "failed",
    biz_opaque_callback_data: dataOf(id),
    errors: [{ code: 131050 }],
  });
  const optedOut = async () =>
    (
      await db
        .selectFrom("contacts")
        .where("id", "=", contactId)
        .select("opted_out_at")
        .executeTakeFirstOrThrow()
    ).opted_out_at !== null;
  await webhook.post(postOf(entryOf(organization, [failed])));
  expect(await optedOut()).toBe(true);
  await db.updateTable("contacts").set({ opted_out_at: null }).execute();
  const priced = { ...failed, pricing: { billable: false, category: "marketing" } };
  await webhook.post(postOf(entryOf(organization, [priced])));
  expect(await optedOut()).toBe(false);
  expect(await recipient(id)).toMatchObject({ billable: false, pricing_category: "marketing" });
});

test("counters stay equal to the rows under many concurrent, repeated and shuffled statuses", async () => {
  const { organization, broadcastId, recipientIds } = await broadcastOf(60);
  const all = recipientIds.flatMap((id, index) =>
    ["sent", "delivered", "read", "failed"]
      .filter((status) =>
        index % 3 === 0 ? status === "failed" || status === "sent" : status !== "failed",
      )
      .flatMap((status) => [status, status])
      .map((status) =>
        statusOf({ id: `wamid.${id}`, status, biz_opaque_callback_data: dataOf(id) }),
      ),
  );
  const shuffled = all.map((status, index) => ({ status, key: (index * 7919) % all.length }));
  shuffled.sort((a, b) => a.key - b.key);
  const answers = await Promise.all(
    shuffled.map(({ status }) => webhook.post(postOf(entryOf(organization, [status])))),
  );
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
  const { counters, rows } = await broadcastCounts(db, broadcastId);
  expect(counters).toEqual(rows);
  expect(counters).toMatchObject({ successful: 40, delivered: 40, read: 40, failed: 20 });
});

test("a failure keeps Meta's code and message when they contain characters that PostgreSQL can't store", async () => {
  const { organization, recipientIds } = await broadcastOf(1);
  const [id = ""] = recipientIds;
  const error = { code: 131026, title: "Message undeliverable", error_data: { details: "no\0pe" } };
  const status = statusOf({
    status: "failed",
    biz_opaque_callback_data: dataOf(id),
    errors: [error],
  });
  expect((await webhook.post(postOf(entryOf(organization, [status])))).status).toBe(200);
  expect(await recipient(id)).toMatchObject({
    status: "failed",
    error_code: "131026",
    error_title: "Message undeliverable",
    error_details: "no\u{FFFD}pe",
  });
});

test("1,000 statuses of one POST are all applied when it is answered", async () => {
  const { organization, broadcastId, recipientIds } = await broadcastOf(1_000);
  const statuses = recipientIds.map((id) =>
    statusOf({ id: `wamid.${id}`, status: "delivered", biz_opaque_callback_data: dataOf(id) }),
  );
  expect((await webhook.post(postOf(entryOf(organization, statuses)))).status).toBe(200);
  const { counters, rows } = await broadcastCounts(db, broadcastId);
  expect(counters).toEqual(rows);
  expect(counters.delivered).toBe(1_000);
});

test("one unstorable status is kept with its reason, and the other statuses are applied", async () => {
  const { organization, broadcastId, recipientIds } = await broadcastOf(30);
  const good = recipientIds.map((id) =>
    statusOf({ id: `wamid.${id}`, biz_opaque_callback_data: dataOf(id) }),
  );
  const poisoned = statusOf({ id: "wamid.\0poison" });
  const posts = [...good.slice(0, 15), poisoned, ...good.slice(15)];
  const answers = await Promise.all(
    posts.map((status) => webhook.post(postOf(entryOf(organization, [status])))),
  );
  expect(answers.every((answer) => answer.status === 200)).toBe(true);
  const { counters } = await broadcastCounts(db, broadcastId);
  expect(counters.successful).toBe(30);
  const kept = await db
    .selectFrom("webhook_events")
    .where("organization_id", "=", organization.organizationId)
    .select(["reason", "payload"])
    .execute();
  expect(kept).toMatchObject([
    { reason: "refused: 22021", payload: { statuses: [{ id: "wamid.\u{FFFD}poison" }] } },
  ]);
});

test("a status with another program's or an older version's callback data moves nothing", async () => {
  const { organization, recipientIds } = await broadcastOf(1);
  const [id = ""] = recipientIds;
  const stranger = await broadcastOf(1);
  const [strangerId = ""] = stranger.recipientIds;
  const [installation = ""] = dataOf(id).split(".");
  const others = [
    id,
    dataOf(id).replace(installation, randomUUID()),
    dataOf(id).replaceAll(".", ":"),
    `${dataOf(id)}.1`,
    ` ${dataOf(id)}`,
    dataOf(id).replace(/\.[^.]*$/, ".x"),
    dataOf("9999999999999999999"),
    dataOf("999999999"),
    dataOf(strangerId),
  ];
  for (const [at, data] of others.entries()) {
    const status = statusOf({
      id: `wamid.other-${at}`,
      status: "read",
      biz_opaque_callback_data: data,
    });
    expect((await webhook.post(postOf(entryOf(organization, [status])))).status).toBe(200);
    expect((await recipient(id)).status, data).toBe("sending");
    expect((await recipient(strangerId)).status, data).toBe("sending");
  }
});

test("a status of an attempt that the database has lost settles its recipient", async () => {
  const { organization, broadcastId, recipientIds } = await broadcastOf(1);
  const [id = ""] = recipientIds;
  await db
    .updateTable("whatsapp_broadcast_recipients")
    .set({ status: "pending", attempts: 0, attempt_id: null })
    .where("id", "=", id)
    .execute();
  const failed = { status: "failed", errors: [{ code: 131026 }] };
  for (const [fields, end] of [
    [failed, "pending"],
    [{ status: "delivered" }, "delivered"],
  ] as const) {
    const status = statusOf({ ...fields, biz_opaque_callback_data: dataOf(id) });
    await webhook.post(postOf(entryOf(organization, [status])));
    expect(await recipient(id)).toMatchObject({ status: end });
  }
  expect(await recipient(id)).toMatchObject({ attempt_id: attemptOf(id), attempts: 1 });
  const { counters, rows } = await broadcastCounts(db, broadcastId);
  expect(counters).toEqual(rows);
});

test("a status gets 200 when its callback data is no recipient's id", async () => {
  const { organization } = await broadcastOf(1);
  const statuses = ["9999999999999999999", "12345678901234567890", "0", "-1", "x"].map((data) =>
    statusOf({ id: `wamid.${data}`, biz_opaque_callback_data: data }),
  );
  expect((await webhook.post(postOf(entryOf(organization, statuses)))).status).toBe(200);
});

test("metrics count changes by field and outcome and measure the lag behind Meta's time", async () => {
  const text = await webhook.metrics.registry.metrics();
  expect(text).toMatch(
    /loudhailer_webhook_changes_total\{field="messages",outcome="applied"[^}]*\} \d+/,
  );
  expect(text).toMatch(/loudhailer_webhook_requests_total\{status="200"[^}]*\} \d+/);
  expect(text).toMatch(/loudhailer_webhook_lag_seconds_count\{[^}]*\} [1-9]/);
});

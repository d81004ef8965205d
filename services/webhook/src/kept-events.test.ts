import { randomUUID } from "node:crypto";
import { testCallbackPrefix } from "@loudhailer/core/broadcasts/test-broadcast.ts";
import { mayApplyLater } from "@loudhailer/core/webhook-events/event-reason.ts";
import { createTestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { beforeEach, expect, test } from "vitest";
import { entryOf, postOf, statusOf, useTestWebhook } from "./testing/test-webhook.ts";

const { db, webhook, dataOf } = await useTestWebhook();
beforeEach(async () => {
  await db.deleteFrom("webhook_events").execute();
});

function keptEvents() {
  return db
    .selectFrom("webhook_events")
    .select(["organization_id", "waba_id", "phone_number_id", "field", "payload", "reason"])
    .orderBy("id")
    .execute();
}

test("a status that matches no recipient is kept whole with its organization and number", async () => {
  const organization = await createTestOrganization(db);
  const status = statusOf({ id: "wamid.nobody", biz_opaque_callback_data: dataOf("999999") });
  const extended = { ...status, pricing: { billable: true } };
  expect((await webhook.post(postOf(entryOf(organization, [extended])))).status).toBe(200);
  expect(await keptEvents()).toEqual([
    {
      organization_id: organization.organizationId,
      waba_id: organization.wabaId,
      phone_number_id: organization.phoneNumberId,
      field: "messages",
      payload: { statuses: [extended] },
      reason: "unmatched_status",
    },
  ]);
});

test("a test message's status is kept with its own reason and not retried", async () => {
  const organization = await createTestOrganization(db);
  const status = statusOf({ biz_opaque_callback_data: `${testCallbackPrefix}${randomUUID()}` });
  expect((await webhook.post(postOf(entryOf(organization, [status])))).status).toBe(200);
  const kept = await keptEvents();
  expect(kept).toMatchObject([{ payload: { statuses: [status] }, reason: "test_status" }]);
  expect(mayApplyLater({ reason: "test_status" })).toBe(false);
});

test("an unknown status, a message without a sender, an unknown template and an unknown field get 200 and are kept", async () => {
  const organization = await createTestOrganization(db);
  const metadata = { phone_number_id: organization.phoneNumberId };
  const entry = {
    id: organization.wabaId,
    changes: [
      { field: "messages", value: { metadata, statuses: [statusOf({ status: "played" })] } },
      { field: "messages", value: { metadata, messages: [{ id: "wamid.in", type: "text" }] } },
      { field: "message_template_status_update", value: { event: "PAUSED", reason: null } },
      { field: "invented_in_2031", value: { metadata, anything: 1 } },
    ],
  };
  expect((await webhook.post(postOf(entry))).status).toBe(200);
  const kept = await keptEvents();
  expect(kept.map(({ field, reason }) => `${field}: ${reason}`).toSorted()).toEqual([
    "invented_in_2031: unhandled_field",
    "message_template_status_update: unknown_template",
    "messages: no_sender",
    "messages: unknown_status",
  ]);
  expect(new Set(kept.map((event) => event.organization_id))).toEqual(
    new Set([organization.organizationId]),
  );
});

test("an unknown number's event gets 200 and is kept without an organization when a known secret signed it", async () => {
  const unknown = { phoneNumberId: "404404404", wabaId: "505505505" };
  const body = postOf(entryOf(unknown, [statusOf({})]));
  expect((await webhook.post(body, "a stranger's secret")).status).toBe(401);
  expect(await keptEvents()).toEqual([]);
  expect((await webhook.post(body)).status).toBe(200);
  expect(await keptEvents()).toMatchObject([
    { organization_id: null, phone_number_id: "404404404", reason: "unknown_number" },
  ]);
});

test.each([
  ["an empty object", {}, [{ reason: "unreadable_shape", payload: { part: {} } }]],
  ["an array", [1, 2], [{ reason: "unreadable_shape", payload: { part: [1, 2] } }]],
  ["null", null, [{ reason: "unreadable_shape", payload: { part: null } }]],
  ["an empty entry list", { entry: [] }, []],
  ["an entry without changes", { entry: [{ id: "1" }] }, [{ payload: { part: { id: "1" } } }]],
  [
    "a change that is a text",
    { entry: [{ id: "1", changes: ["x"] }] },
    [{ payload: { part: "x" } }],
  ],
])(
  "a signed POST of an unknown shape gets 200, and its unreadable parts are kept: %s",
  async (_name, body, kept) => {
    expect((await webhook.post(JSON.stringify(body))).status).toBe(200);
    expect(await keptEvents()).toMatchObject(kept);
    expect((await webhook.post(JSON.stringify(body), "wrong")).status).toBe(401);
  },
);

test("a value that jsonb refuses is replaced and doesn't block the other events", async () => {
  const organization = await createTestOrganization(db);
  const metadata = { phone_number_id: organization.phoneNumberId };
  const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
  const values = [
    String.raw`{"metadata":${JSON.stringify(metadata)},"text":"a\u0000b","k\u0000":1}`,
    String.raw`{"metadata":${JSON.stringify(metadata)},"text":"half \ud83d of a pair, kept \\u0000"}`,
    `{"metadata":${JSON.stringify(metadata)},"deep":${deep}}`,
    `{"metadata":${JSON.stringify(metadata)},"fine":true}`,
  ];
  const changes = values.map((value) => `{"field":"odd","value":${value}}`).join(",");
  const body = `{"entry":[{"id":"${organization.wabaId}","changes":[${changes}]}]}`;
  expect((await webhook.post(body)).status).toBe(200);
  const kept = await keptEvents();
  expect(kept).toHaveLength(4);
  const texts = kept.map((event) => JSON.stringify(event.payload));
  expect(texts.some((text) => text.includes("a\u{FFFD}b") && text.includes("k\u{FFFD}"))).toBe(
    true,
  );
  expect(texts.some((text) => text.includes(String.raw`half �`))).toBe(true);
  expect(texts.some((text) => text.includes('"fine":true'))).toBe(true);
  expect(kept.filter((event) => event.reason.includes("refused"))).toHaveLength(1);
});

test("an event for an organization that was just deleted is kept without an organization", async () => {
  const organization = await createTestOrganization(db);
  const body = postOf(entryOf(organization, [statusOf({ id: "wamid.late" })]));
  expect((await webhook.post(body)).status).toBe(200);
  await db.deleteFrom("organizations").where("id", "=", organization.organizationId).execute();
  await db.deleteFrom("webhook_events").execute();
  expect((await webhook.post(body)).status).toBe(200);
  expect(await keptEvents()).toMatchObject([
    { organization_id: null, reason: "unmatched_status, refused: 23503" },
  ]);
});

test("a body that isn't JSON gets 400, one over 3 MB gets 413, and another method gets 404", async () => {
  expect((await webhook.post("{")).status).toBe(400);
  expect((await webhook.post("")).status).toBe(400);
  const large = JSON.stringify(postOf({ pad: "x".repeat(3 * 1024 * 1024) }));
  const response = await webhook.post(large);
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ error: { code: "payload_too_large" } });
  expect((await fetch(webhook.url, { method: "PUT", body: "{}" })).status).toBe(404);
});

test("a body just under 3 MB is accepted", async () => {
  const organization = await createTestOrganization(db);
  const change = { field: "history", value: { pad: "x".repeat(3_000_000) } };
  const body = postOf({ id: organization.wabaId, changes: [change] });
  expect((await webhook.post(body)).status).toBe(200);
});

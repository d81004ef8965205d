import { createTestBroadcast } from "@loudhailer/testing/create-test-broadcast.ts";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { createBroadcastBody } from "../../testing/create-broadcast-body.ts";
import { startTestApi } from "../../testing/start-test-api.ts";

const { engineDb, newOrganization } = await startTestApi();
const { api, organizationId } = await newOrganization();
const body = await createBroadcastBody(api);
const statuses = ["pending", "skipped", "failed", "sent", "delivered", "read", "replied"] as const;

/** Broadcast with a recipient per status. One contact isn't in it, and another has opted out. */
const broadcastId = await (async () => {
  const { broadcastId: id } = await createTestBroadcast(
    engineDb,
    {
      organizationId,
      providerId: body.providerId,
      templateId: body.templateId,
      phoneNumberId: "",
      wabaId: "",
    },
    { recipients: 0, status: "completed" },
  );
  for (const [index, status] of [...statuses, "none", "out"].entries()) {
    const phone = `+49151234567${10 + index}`;
    const contact = { phone, name: status, optedIn: status !== "out" };
    const { id: contactId } = (await api.post("/v1/contacts", contact)).body;
    if (status === "none" || status === "out") continue;
    await sql`
      insert into whatsapp_broadcast_recipients
        (organization_id, broadcast_id, contact_id, phone, status, sent_at, replied_at)
      values (${organizationId}, ${id}, ${contactId}, ${phone},
        ${status === "replied" ? "read" : status},
        case when ${index} > 2 then now() - interval '3 days' end,
        case when ${status} = 'replied' then now() end)
    `.execute(engineDb);
  }
  await sql`
    update contacts set last_inbound_at = now() - interval '10 days'
    where organization_id = ${organizationId} and name = 'replied'
  `.execute(engineDb);
  return id;
})();

async function namesOf(...rules: object[]): Promise<string[]> {
  const segmentCriteria = { combinator: "and", rules };
  const answer = await api.post("/v1/audiences/preview", { segmentCriteria });
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  return answer.body.count > 5
    ? [String(answer.body.count)]
    : answer.body.sample.map(({ name }: { name: string }) => name);
}

test.each([
  ["broadcast.targeted", "!=", ["none"]],
  ["broadcast.sent", "=", ["sent", "delivered", "read", "replied"]],
  ["broadcast.sent", "!=", ["pending", "skipped", "failed", "none"]],
  ["broadcast.delivered", "in", ["delivered", "read", "replied"]],
  ["broadcast.read", "=", ["read", "replied"]],
  ["broadcast.replied", "=", ["replied"]],
])("%s %s finds the matching contacts", async (field, operator, expected) => {
  const value = operator === "in" ? [broadcastId] : broadcastId;
  expect(await namesOf({ field, operator, value })).toEqual(expected);
});

const sent = (operator: string, value?: unknown) =>
  namesOf({ field: "lastSentAt", operator, value });
const inbound = (operator: string, value?: unknown) =>
  namesOf({ field: "lastInboundAt", operator, value });

test("rules on the last sent and inbound message accept days and dates", async () => {
  expect(await sent("withinDays", 4)).toEqual(["sent", "delivered", "read", "replied"]);
  expect(await sent("withinDays", 2)).toEqual([]);
  expect(await sent("null")).toEqual(["pending", "skipped", "failed", "none"]);
  expect(await sent("<", "2100-01-01")).toEqual(["sent", "delivered", "read", "replied"]);
  expect(await inbound("withinDays", 11)).toEqual(["replied"]);
  expect(await inbound("withinDays", 9)).toEqual([]);
  expect(await inbound("notWithinDays", 11)).toEqual(["7"]);
});

test("engagement rules work in groups with or and not", async () => {
  const read = { field: "broadcast.read", operator: "=", value: broadcastId };
  const none = { field: "name", operator: "=", value: "none" };
  expect(await namesOf({ combinator: "or", rules: [read, none] })).toEqual([
    "read",
    "replied",
    "none",
  ]);
  expect(await namesOf({ combinator: "or", not: true, rules: [read, none] })).toEqual([
    "pending",
    "skipped",
    "failed",
    "sent",
    "delivered",
  ]);
});

test("a segment is saved under a unique name, changed, counted and deleted", async () => {
  const segmentCriteria = {
    combinator: "and",
    rules: [{ field: "name", operator: "=", value: "read" }],
  };
  const created = await api.post("/v1/segments", { name: "Readers", segmentCriteria });
  expect([created.status, created.body]).toMatchObject([201, { name: "Readers", segmentCriteria }]);
  const path = `/v1/segments/${created.body.id}`;
  expect((await api.post("/v1/segments", { name: "Readers", segmentCriteria })).status).toBe(409);
  expect((await api.post(`${path}/preview`)).body).toMatchObject({ count: 1 });
  const bad = { combinator: "and", rules: [{ field: "shoe", operator: "=", value: 1 }] };
  const refused = await api.patch(path, { segmentCriteria: bad });
  expect([refused.status, refused.body.error.details.fields[0].path]).toEqual([
    400,
    "segmentCriteria.rules.0",
  ]);
  expect((await api.patch(path, { name: "R2" })).body.name).toBe("R2");
  expect((await api.get("/v1/segments")).body.items).toMatchObject([{ name: "R2" }]);
  const foreign = await newOrganization();
  expect((await foreign.api.get(path)).status).toBe(404);
  expect((await foreign.api.post("/v1/segments", { name: "R2", segmentCriteria })).status).toBe(
    201,
  );
  expect((await api.delete(path)).status).toBe(204);
  expect((await api.get(path)).status).toBe(404);
});

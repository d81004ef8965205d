import { runContactJobs } from "@loudhailer/core/contact-jobs/run-contact-jobs.ts";
import { broadcastCounts } from "@loudhailer/testing/broadcast-counts.ts";
import { createTestBroadcast } from "@loudhailer/testing/create-test-broadcast.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { createBroadcastBody } from "../../testing/create-broadcast-body.ts";
import { startTestApi } from "../../testing/start-test-api.ts";
import type { TestClient } from "../../testing/test-client.ts";

const { engineDb, newOrganization } = await startTestApi();
const jobs = { db: engineDb, log: { info: () => {}, warn: () => {}, error: () => {} } };

/** Organization that has a number. */
const organization = await newOrganization();
const sender = { ...organization, ...(await createBroadcastBody(organization.api)) };

const ada = {
  phone: "+49 151 23456789",
  name: "Ada",
  email: "ada@example.com",
  attributes: { city: "Berlin", orders: 3, active: true, joined: "2026-01-31" },
  tags: ["vip", "vip", "new"],
};

async function create(api: TestClient, body: object): Promise<string> {
  const answer = await api.post("/v1/contacts", body);
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  return answer.body.id;
}

async function importCsv(api: TestClient, csv: string): Promise<string> {
  const body = new FormData();
  body.append("file", new Blob([csv]), "contacts.csv");
  const { id } = (await api.send("/v1/contact-imports", { method: "POST", body })).body;
  await eventually(
    async () => (await api.get(`/v1/contact-imports/${id}`)).body.status === "completed",
  );
  return id;
}

test("a contact is created once when its number is written in different ways", async () => {
  const { api } = await newOrganization();
  const created = await api.post("/v1/contacts", ada, { "idempotency-key": "a" });
  expect(created.status).toBe(201);
  expect(created.body).toMatchObject({
    ...ada,
    phone: "+4915123456789",
    tags: ["vip", "new"],
    optedIn: true,
    consents: [],
  });
  const repeated = await api.post("/v1/contacts", ada, { "idempotency-key": "a" });
  expect(repeated.body).toEqual(created.body);
  const again = await api.post("/v1/contacts", { phone: "0151 23456789", defaultCountry: "de" });
  expect([again.status, again.body.error.details]).toEqual([409, { contactId: created.body.id }]);
  await create(api, { phone: "+5511987654321" });
  expect((await api.post("/v1/contacts", { phone: "+551187654321" })).status).toBe(409);
  const bad = await api.post("/v1/contacts", {
    phone: "call me",
    name: "",
    tags: ["", "x\u0000"],
    attributes: { a: {} },
  });
  expect(bad.status).toBe(400);
  expect(bad.body.error.details.fields.map(({ path }: { path: string }) => path)).toEqual(
    expect.arrayContaining(["name", "tags.0", "tags.1", "attributes.a"]),
  );
  const letters = await api.post("/v1/contacts", { phone: "call me" });
  expect(letters.body.error.details.fields).toMatchObject([{ path: "phone" }]);
});

test("a change affects only the fields that it contains, and null clears a field", async () => {
  const { api } = await newOrganization();
  const id = await create(api, ada);
  const path = `/v1/contacts/${id}`;
  const changed = await api.patch(path, {
    name: null,
    attributes: { city: null, plan: "gold" },
    addTags: ["gold"],
    removeTags: ["new"],
  });
  expect(changed.body).toMatchObject({
    name: null,
    email: "ada@example.com",
    attributes: { orders: 3, active: true, joined: "2026-01-31", plan: "gold" },
    tags: ["vip", "gold"],
  });
  expect(changed.body.attributes).not.toHaveProperty("city");
  await create(api, { phone: "+4915123456780" });
  expect((await api.patch(path, { phone: "+4915123456780" })).status).toBe(409);
  const { phone } = changed.body;
  expect((await api.patch(`/v1/contacts/00${id}`, { phone })).status).toBe(200);
  expect((await api.patch(path, { phone: "+4915123456781" })).body.phone).toBe("+4915123456781");
  expect((await api.patch(path, {})).status).toBe(400);
  expect((await api.patch("/v1/contacts/999999999", { name: "x" })).status).toBe(404);
});

test("opt-outs and opt-ins are recorded with the source", async () => {
  const { api } = await newOrganization();
  const id = await create(api, { ...ada, optedIn: true });
  const out = await api.post(`/v1/contacts/${id}/opt-out`, { source: "phone call" });
  expect(out.body).toMatchObject({ optedIn: false, optOutSource: "phone call" });
  expect((await api.post(`/v1/contacts/${id}/opt-out`)).body.optedOutAt).toBe(out.body.optedOutAt);
  const back = await api.post(`/v1/contacts/${id}/opt-in`, {});
  expect(back.body).toMatchObject({ optedIn: true, optedOutAt: null });
  expect(back.body.consents.map((entry: { consent: string }) => entry.consent)).toEqual([
    "opted_in",
    "opted_out",
    "opted_in",
  ]);
});

test("deleting a contact removes its data, skips its pending recipient, and keeps the counts", async () => {
  const { api, organizationId } = sender;
  const id = await create(api, ada);
  const { broadcastId, recipientIds } = await createTestBroadcast(
    engineDb,
    {
      organizationId,
      providerId: sender.providerId,
      templateId: sender.templateId,
      phoneNumberId: "",
      wabaId: "",
    },
    { recipients: 1 },
  );
  await sql`
    update whatsapp_broadcast_recipients set contact_id = ${id}, phone = '+4915123456789'
    where id = ${recipientIds[0]}
  `.execute(engineDb);
  await sql`
    insert into inbound_messages (organization_id, provider_id, contact_id, wamid, type, payload, received_at)
    values (${organizationId}, ${sender.providerId}, ${id}, 'wamid.x', 'text', '{"from":"4915123456789"}', now());
  `.execute(engineDb);
  await sql`
    insert into webhook_events (organization_id, field, payload, reason)
    values (${organizationId}, 'messages', '{"from":"4915123456789"}', 'unhandled')
  `.execute(engineDb);
  const deleted = await api.delete(`/v1/contacts/${id}`);
  expect([deleted.status, deleted.text]).toEqual([204, ""]);
  expect((await api.delete(`/v1/contacts/${id}`)).status).toBe(404);
  const { rows } = await sql<{ text: string }>`
    select jsonb_agg(t)::text as text from (
      select to_jsonb(r) as t from whatsapp_broadcast_recipients r where organization_id = ${organizationId}
      union all select to_jsonb(m) from inbound_messages m where organization_id = ${organizationId}
      union all select to_jsonb(e) from webhook_events e where organization_id = ${organizationId}
      union all select to_jsonb(a) from audit_log a where organization_id = ${organizationId}
      union all select to_jsonb(i) from idempotency_keys i where organization_id = ${organizationId}
      union all select to_jsonb(c) from contacts c where organization_id = ${organizationId}
    ) everything
  `.execute(engineDb);
  expect(rows[0]?.text).toContain("contact_deleted");
  expect(rows[0]?.text).not.toMatch(/4915123456789|Ada/);
  const { counters, rows: grouped } = await broadcastCounts(engineDb, broadcastId);
  expect(counters).toEqual(grouped);
  expect((await api.get(`/v1/broadcasts/${broadcastId}/recipients`)).body.items).toMatchObject([
    { status: "skipped", phone: "", contactId: null },
  ]);
});

const contactsOf = async (of: TestClient) =>
  (await of.get("/v1/contacts")).body.items
    .map(({ phone, tags, attributes }: Record<string, unknown>) => ({ phone, tags, attributes }))
    .toSorted((a: { phone: string }, b: { phone: string }) => a.phone.localeCompare(b.phone));

test("an exported CSV imports unchanged and contains no formulas", async () => {
  const { api } = await newOrganization();
  await create(api, { ...ada, name: "=cmd()", attributes: { note: 'a;b\n"c"', city: "Köln" } });
  await create(api, { phone: "+4915123456780", name: "-Bob" });
  const csv = await api.get("/v1/contacts.csv");
  expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(csv.text).not.toMatch(/(?:^|,)"?[=-]/m);
  const other = await newOrganization();
  await importCsv(other.api, csv.text);
  expect(await contactsOf(other.api)).toEqual(await contactsOf(api));
  expect((await api.get("/v1/contacts.csv?tag=vip")).text.trim().split("\r\n")).toHaveLength(2);
});

test("tags are listed, and attributes with types inferred from their values", async () => {
  const { api } = await newOrganization();
  await create(api, ada);
  await importCsv(api, "phone,tags,orders,score\n+4915123456780,a;b,4,1.5\n");
  const tags = await api.get("/v1/tags?limit=3");
  expect(tags.body.items).toEqual([{ tag: "a" }, { tag: "b" }, { tag: "new" }]);
  const rest = await api.get(`/v1/tags?limit=3&cursor=${tags.body.nextCursor}`);
  expect(rest.body).toEqual({ items: [{ tag: "vip" }], nextCursor: null });
  const { items } = (await api.get("/v1/attributes")).body;
  expect(items).toMatchObject([
    { key: "active", type: "boolean", examples: ["true"] },
    { key: "city", type: "text", examples: ["Berlin"] },
    { key: "joined", type: "date" },
    { key: "orders", type: "number", examples: ["4", "3"] },
    { key: "score", type: "number" },
  ]);
});

test("a job tags, opts out or deletes all contacts of a segment and no others", async () => {
  const { api } = await newOrganization();
  const rows = Array.from({ length: 1_200 }, (_, n) => `+4915110${100_000 + n},${n % 2}`);
  await importCsv(api, `phone,odd\n${rows.join("\n")}\n`);
  const segmentCriteria = {
    combinator: "and",
    rules: [{ field: "attributes.odd", operator: "=", value: 1 }],
  };
  const run = async (action: object) => {
    const { body, status } = await api.post("/v1/contact-jobs", { segmentCriteria, action });
    expect(status).toBe(202);
    await Promise.all([runContactJobs(jobs), runContactJobs(jobs)]);
    return (await api.get(`/v1/contact-jobs/${body.id}`)).body;
  };
  expect(await run({ addTags: ["odd", "x"], optOut: true })).toMatchObject({
    status: "completed",
    processedContacts: 600,
  });
  const count = async (rule: object) =>
    (
      await api.post("/v1/audiences/preview", {
        segmentCriteria: { combinator: "and", rules: [rule] },
      })
    ).body;
  expect(await count({ field: "tag", operator: "=", value: "odd" })).toMatchObject({
    count: 0,
    optedOut: 600,
  });
  await run({ removeTags: ["x"] });
  expect((await count({ field: "tag", operator: "=", value: "x" })).optedOut).toBe(0);
  await run({ delete: true });
  expect(await count({ field: "phone", operator: "notNull" })).toMatchObject({
    count: 600,
    optedOut: 0,
  });
  for (const action of [{}, { delete: true, addTags: ["a"] }, { optOut: false }]) {
    expect((await api.post("/v1/contact-jobs", { segmentCriteria, action })).status).toBe(400);
  }
});

test("duplicate contacts are found and merged", async () => {
  const { api } = await newOrganization();
  const old = await create(api, { phone: "+4915123456780", email: "A@x.de", tags: ["a"] });
  const later = await create(api, { phone: "+4915123456781", email: "a@x.de", name: "Ada" });
  const { items } = (await api.get("/v1/contacts/duplicates")).body;
  expect(items).toMatchObject([{ reason: "email", contacts: [{ id: old }, { id: later }] }]);
  const merged = await api.post(`/v1/contacts/${old}/merge`, { fromId: later });
  expect(merged.body).toMatchObject({ id: old, name: "Ada", tags: ["a"], email: "A@x.de" });
  expect((await api.get(`/v1/contacts/${later}`)).status).toBe(404);
  expect((await api.post(`/v1/contacts/${old}/merge`, { fromId: later })).status).toBe(400);
});

test("an import preview shows columns and rows without importing, also without a phone column", async () => {
  const { api } = await newOrganization();
  const preview = async (csv: string, mapping?: object) => {
    const body = new FormData();
    body.append("file", new Blob([csv]), "a.csv");
    if (mapping) body.append("mapping", JSON.stringify(mapping));
    return api.send("/v1/contact-imports/preview", { method: "POST", body });
  };
  const csv = "Handy,Name,Orders\n+4915123456789,Ada,3\nnonsense,Bob,4\n";
  const unmapped = (await preview(csv)).body;
  expect(unmapped.fault).toContain("no phone column");
  expect(unmapped.columns).toMatchObject([
    { header: "Handy", target: "attributes.Handy", type: "text" },
    { header: "Name", target: "name", type: null, examples: ["Ada", "Bob"] },
    { header: "Orders", target: "attributes.Orders", type: "number" },
  ]);
  const mapped = (await preview(csv, { Handy: "phone" })).body;
  expect(mapped).toMatchObject({
    fault: null,
    rows: [
      { line: 2, contact: { phone: "+4915123456789", attributes: { Orders: "3" } }, reason: null },
      { line: 3, contact: null, reason: "the phone number contains letters" },
    ],
  });
  expect((await preview("")).status).toBe(400);
  expect((await api.get("/v1/contact-imports")).body.items).toEqual([]);
});

test("a contact's messages are listed in pages, latest first, with their broadcasts", async () => {
  const { api, organizationId, providerId, templateId } = sender;
  const id = await create(api, ada);
  const owner = { organizationId, providerId, templateId, phoneNumberId: "", wabaId: "" };
  for (const [index, status] of ["read", "failed"].entries()) {
    const { broadcastId } = await createTestBroadcast(engineDb, owner, { recipients: 0 });
    await sql`
      insert into whatsapp_broadcast_recipients
        (organization_id, broadcast_id, contact_id, phone, status, sent_at, error_code, error_title)
      values (${organizationId}, ${broadcastId}, ${id}, '+4915123456789', ${status},
        ${`2026-03-1${index}T10:00:00Z`}, ${status === "failed" ? "131026" : null},
        ${status === "failed" ? "Undeliverable" : null})
    `.execute(engineDb);
  }
  await sql`
    insert into inbound_messages
      (organization_id, provider_id, contact_id, wamid, type, payload, received_at)
    values (${organizationId}, ${providerId}, ${id}, 'wamid.x', 'text', '{}', '2026-03-10T12:00:00Z')
  `.execute(engineDb);
  const path = `/v1/contacts/${id}/messages`;
  const first = (await api.get(`${path}?limit=2`)).body;
  expect(first.items).toMatchObject([
    { direction: "outbound", status: "failed", errorTitle: "Undeliverable" },
    { direction: "inbound", broadcastId: null, status: null, at: "2026-03-10T12:00:00.000Z" },
  ]);
  const second = (await api.get(`${path}?limit=2&cursor=${first.nextCursor}`)).body;
  expect(second).toMatchObject({ items: [{ status: "read" }], nextCursor: null });
  expect((await api.get(`${path}?cursor=nonsense`)).status).toBe(400);
});

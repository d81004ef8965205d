import { createTestBroadcast, testTemplate } from "@loudhailer/testing/create-test-broadcast.ts";
import { beforeEach, expect, test } from "vitest";
import { number, startTestApi } from "../../testing/start-test-api.ts";
import type { TestClient } from "../../testing/test-client.ts";

const { simulator, engineDb, newOrganization } = await startTestApi();

beforeEach(async () => {
  await fetch(`${simulator.url}/_reset`, { method: "POST" });
  await engineDb.deleteFrom("whatsapp_broadcasts").execute();
  await engineDb.deleteFrom("whatsapp_templates").execute();
  await engineDb.deleteFrom("whatsapp_providers").execute();
});

async function connected(): Promise<{
  api: TestClient;
  providerId: string;
  organizationId: string;
}> {
  const { api, organizationId } = await newOrganization();
  const created = await api.post("/v1/whatsapp-providers", number);
  expect(created.status).toBe(201);
  return { api, providerId: created.body.id, organizationId };
}

function graph(method: string, path: string, body?: object) {
  return fetch(`${simulator.url}/v25.0/${number.wabaId}/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${number.accessToken}`,
      "content-type": "application/json",
    },
    ...(body && { body: JSON.stringify(body) }),
  });
}

async function createTemplate(name: string, text = "Hello"): Promise<void> {
  const answer = await graph("POST", "message_templates", {
    name,
    language: "en_US",
    category: "UTILITY",
    components: [{ type: "BODY", text }],
  });
  expect(answer.status).toBe(200);
}

const rows = () =>
  engineDb.selectFrom("whatsapp_templates").select(["id", "updated_at"]).orderBy("id").execute();

test("a sync reads every page, and a second sync writes nothing", async () => {
  const { api } = await connected();
  for (let index = 0; index < 110; index += 1) {
    await createTemplate(`bulk_${String(index).padStart(3, "0")}`);
  }
  const first = await api.post("/v1/templates/sync", {});
  expect(first.status).toBe(200);
  const { created } = first.body;
  expect(created).toBeGreaterThan(110);
  expect(first.body).toEqual({ created, updated: 0, removed: 0, unchanged: 0 });

  const before = await rows();
  const second = await api.post("/v1/templates/sync");
  expect(second.body).toEqual({ created: 0, updated: 0, removed: 0, unchanged: created });
  expect(await rows()).toEqual(before);
});

test("a sync updates changed templates, marks removed ones, and restores those that return", async () => {
  const { api } = await connected();
  await createTemplate("short_lived");
  const total = (await api.post("/v1/templates/sync", {})).body.created;
  const [found] = (await api.get("/v1/templates?search=short_lived")).body.items;

  await fetch(`${simulator.url}/_control`, {
    method: "POST",
    body: JSON.stringify({ templates: [{ name: "hello_world", status: "PAUSED" }] }),
  });
  expect((await graph("DELETE", "message_templates?name=short_lived")).status).toBe(200);
  const synced = await api.post("/v1/templates/sync", {});
  expect(synced.body).toEqual({ created: 0, updated: 1, removed: 1, unchanged: total - 2 });
  expect((await api.get("/v1/templates?search=hello_world")).body.items[0].status).toBe("PAUSED");
  expect((await api.get("/v1/templates?search=short_lived")).body.items).toEqual([]);
  expect((await api.get(`/v1/templates/${found.id}`)).body.removedAt).toEqual(expect.any(String));
  expect((await api.post("/v1/templates/sync", {})).body).toMatchObject({ updated: 0, removed: 0 });

  await engineDb
    .updateTable("whatsapp_templates")
    .set({ removed_at: new Date() })
    .where("name", "=", "hello_world")
    .execute();
  expect((await api.post("/v1/templates/sync", {})).body).toMatchObject({ updated: 1, removed: 0 });
});

test("a sync pauses the sending broadcasts of an edited template and says so", async () => {
  const { api, organizationId, providerId } = await connected();
  await createTemplate("edited", "Hello");
  await createTemplate("unedited", "Hello");
  await api.post("/v1/templates/sync", {});
  const sendingOf = async (name: string) => {
    const [template] = (await api.get(`/v1/templates?search=${name}`)).body.items;
    const { broadcastId } = await createTestBroadcast(
      engineDb,
      { ...number, organizationId, providerId, templateId: template.id },
      { recipients: 1 },
    );
    const snapshot = { ...testTemplate, name, components: template.components };
    await engineDb
      .updateTable("whatsapp_broadcasts")
      .set({ template_snapshot: JSON.stringify(snapshot), variables: "{}" })
      .where("id", "=", broadcastId)
      .execute();
    return { broadcastId, metaId: template.metaTemplateId };
  };
  const edited = await sendingOf("edited");
  const unedited = await sendingOf("unedited");
  const stateOf = async (id: string) => (await api.get(`/v1/broadcasts/${id}`)).body;

  await api.post("/v1/templates/sync", {});
  expect(await stateOf(edited.broadcastId)).toMatchObject({ status: "sending" });
  const change = await fetch(`${simulator.url}/v25.0/${edited.metaId}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${number.accessToken}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ components: [{ type: "BODY", text: "Goodbye" }] }),
  });
  expect(change.status).toBe(200);
  await api.post("/v1/templates/sync", {});
  expect(await stateOf(edited.broadcastId)).toMatchObject({
    status: "paused",
    pauseReason: "template_edited",
    pauseMessage: expect.stringMatching(/edited at Meta.*resume/),
  });
  expect(await stateOf(unedited.broadcastId)).toMatchObject({ status: "sending" });
});

test("a template shows its slots and is found by status, category and part of its name", async () => {
  const { api } = await connected();
  await api.post("/v1/templates/sync", {});
  const [template] = (await api.get("/v1/templates?search=ORDER_upd&status=approved")).body.items;
  expect(template).toMatchObject({
    name: "order_update",
    status: "APPROVED",
    category: "UTILITY",
    slots: [
      { path: "body.first_name", type: "text", optional: false },
      { path: "body.order_number", type: "text", optional: false },
    ],
    unsupported: [],
  });
  expect((await api.get("/v1/templates?search=%25")).body.items).toEqual([]);
  const marketing = (await api.get("/v1/templates?category=marketing&limit=200")).body.items;
  expect(new Set(marketing.map((item: { category: string }) => item.category))).toEqual(
    new Set(["MARKETING"]),
  );
});

test("paging through the list returns every template once", async () => {
  const { api } = await connected();
  const { created } = (await api.post("/v1/templates/sync", {})).body;
  const names: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const suffix: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const page = (await api.get(`/v1/templates?limit=4${suffix}`)).body;
    names.push(...page.items.map((item: { id: string }) => item.id));
    cursor = page.nextCursor;
  }
  expect(names).toHaveLength(created);
  expect(new Set(names).size).toBe(created);
  expect((await api.get("/v1/templates?cursor=nonsense")).status).toBe(400);
});

test("two concurrent syncs both succeed and create each template once", async () => {
  const { api } = await connected();
  const both = await Promise.all([
    api.post("/v1/templates/sync", {}),
    api.post("/v1/templates/sync", {}),
  ]);
  expect(both.map((answer) => answer.status)).toEqual([200, 200]);
  const [first, second] = both.map((answer) => answer.body);
  expect(first.created + second.created).toBe(first.created + first.unchanged);
});

test("a sync is refused and writes nothing without a number, with another organization's or with an expired token", async () => {
  const { api } = await newOrganization();
  const none = await api.post("/v1/templates/sync", {});
  expect(none.status).toBe(409);
  expect(none.body.error.message).toContain("Connect a WhatsApp number first");

  const owner = await connected();
  expect((await api.post("/v1/templates/sync", { providerId: owner.providerId })).status).toBe(404);
  await fetch(`${simulator.url}/_control`, {
    method: "POST",
    body: JSON.stringify({ tokenExpired: true }),
  });
  const expired = await owner.api.post("/v1/templates/sync", { providerId: owner.providerId });
  expect(expired.status).toBe(422);
  expect(expired.body.error).toMatchObject({
    code: "refused_by_meta",
    message: expect.stringContaining("new access token"),
    details: { metaCode: 190 },
  });
  expect(await engineDb.selectFrom("whatsapp_templates").select("id").execute()).toEqual([]);
  await fetch(`${simulator.url}/_control`, {
    method: "POST",
    body: JSON.stringify({ tokenExpired: false }),
  });
});

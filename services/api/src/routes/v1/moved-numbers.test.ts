import { createTestBroadcast } from "@loudhailer/testing/create-test-broadcast.ts";
import { beforeEach, expect, test } from "vitest";
import { number, startTestApi } from "../../testing/start-test-api.ts";
import type { TestClient } from "../../testing/test-client.ts";

const { engineDb, newOrganization, simulator } = await startTestApi();
const path = "/v1/whatsapp-providers";

beforeEach(async () => {
  await fetch(`${simulator.url}/_reset`, { method: "POST" });
  await engineDb.deleteFrom("whatsapp_broadcasts").execute();
  await engineDb.deleteFrom("whatsapp_templates").execute();
  await engineDb.deleteFrom("whatsapp_providers").execute();
});

interface Owner {
  api: TestClient;
  organizationId: string;
  providerId: string;
}

async function connected(): Promise<Owner> {
  const { api, organizationId } = await newOrganization();
  return { api, organizationId, providerId: await connect(api) };
}

async function connect(api: TestClient): Promise<string> {
  const { status, body } = await api.post(path, number);
  expect(status).toBe(201);
  return body.id;
}

type State = "connected" | "paused" | "disconnected";

async function setState(providerId: string, status: State) {
  const reason = { connected: null, paused: "meta_131048", disconnected: "meta_190" } as const;
  await engineDb
    .updateTable("whatsapp_providers")
    .set({ status, status_reason: reason[status] })
    .where("id", "=", providerId)
    .execute();
}

async function newTemplate({ api }: Owner): Promise<string> {
  await api.post("/v1/templates/sync", {});
  return (await api.get("/v1/templates?search=hello_world")).body.items[0].id;
}

async function newBroadcast(
  owner: Owner,
  templateId: string,
  status: "draft" | "paused" | "sending" | "completed",
  pauseReason: "paused_by_operator" | "audience_incomplete" | null = null,
): Promise<string> {
  const { broadcastId } = await createTestBroadcast(
    engineDb,
    { ...number, ...owner, templateId },
    { recipients: 2, status },
  );
  await engineDb
    .updateTable("whatsapp_broadcasts")
    .set({ pause_reason: pauseReason })
    .where("id", "=", broadcastId)
    .execute();
  return broadcastId;
}

/** Connects the number here, then disconnects it and connects it in another organization. */
async function moved() {
  const former = await connected();
  const templateId = await newTemplate(former);
  const broadcasts = {
    paused: await newBroadcast(former, templateId, "paused", "paused_by_operator"),
    sending: await newBroadcast(former, templateId, "sending"),
    incomplete: await newBroadcast(former, templateId, "paused", "audience_incomplete"),
    completed: await newBroadcast(former, templateId, "completed"),
    draft: await newBroadcast(former, templateId, "draft"),
  };
  await setState(former.providerId, "disconnected");
  return { former, present: await connected(), broadcasts };
}

test.each([
  ["connected", false, 409],
  ["connected", true, 409],
  ["paused", false, 409],
  ["paused", true, 409],
  ["disconnected", false, 201],
  ["disconnected", true, 201],
] as const)(
  "connecting a number that another organization has %s, history %s, gets a %i",
  async (state, hasHistory, status) => {
    const former = await connected();
    if (hasHistory) await newBroadcast(former, await newTemplate(former), "completed");
    await setState(former.providerId, state);
    const { api } = await newOrganization();
    const answer = await api.post(path, number);
    expect(answer.status).toBe(status);
    expect(answer.body.error?.code).toBe(status === 409 ? "conflict" : undefined);
    const kept = (await former.api.get(`${path}/${former.providerId}`)).body;
    expect([kept.status, kept.movedAt !== null]).toEqual([state, status === 201]);
  },
);

test("a deleted number can be connected elsewhere; one with history can't be deleted and stays", async () => {
  const former = await connected();
  expect((await former.api.delete(`${path}/${former.providerId}`)).status).toBe(204);
  const { api } = await newOrganization();
  const owner = { ...former, api, providerId: await connect(api) };
  const { organizationId } = await engineDb
    .selectFrom("whatsapp_providers")
    .where("id", "=", owner.providerId)
    .select("organization_id as organizationId")
    .executeTakeFirstOrThrow();
  await newBroadcast({ ...owner, organizationId }, await newTemplate(owner), "completed");
  expect((await api.delete(`${path}/${owner.providerId}`)).status).toBe(409);
  expect((await former.api.post(path, number)).status).toBe(409);
});

test("a moved number's history stays readable where it was, and the new organization sees none of it", async () => {
  const { former, present, broadcasts } = await moved();
  const { body } = await former.api.get(`${path}/${former.providerId}`);
  expect(body).toMatchObject({
    status: "disconnected",
    statusReason: "number_moved",
    statusMessage: expect.stringContaining("Another organization has connected this number"),
    movedAt: expect.any(String),
    phoneNumberId: number.phoneNumberId,
  });
  const listed = (await former.api.get("/v1/broadcasts?limit=50")).body.items;
  expect(listed.map(({ id }: { id: string }) => id).toSorted()).toEqual(
    Object.values(broadcasts).toSorted(),
  );
  const recipients = await former.api.get(`/v1/broadcasts/${broadcasts.completed}/recipients`);
  expect(recipients.body.items).toHaveLength(2);
  expect((await present.api.get("/v1/broadcasts")).body.items).toEqual([]);
  expect((await present.api.get(path)).body.items).toMatchObject([
    { id: present.providerId, status: "connected", movedAt: null },
  ]);
  expect((await present.api.get(`${path}/${former.providerId}`)).status).toBe(404);
  const audit = (await former.api.get("/v1/audit-log")).body.items;
  expect(audit[0]).toMatchObject({ action: "provider.moved", targetId: former.providerId });
  expect(JSON.stringify((await present.api.get("/v1/audit-log")).body)).not.toContain("moved");
});

test("a moved number's unfinished broadcasts are paused for it and can't be resumed", async () => {
  const { former, broadcasts } = await moved();
  const stateOf = async (id: string) => {
    const { status, pauseReason } = (await former.api.get(`/v1/broadcasts/${id}`)).body;
    return [status, pauseReason];
  };
  expect(await stateOf(broadcasts.paused)).toEqual(["paused", "number_moved"]);
  expect(await stateOf(broadcasts.sending)).toEqual(["paused", "number_moved"]);
  expect(await stateOf(broadcasts.incomplete)).toEqual(["paused", "audience_incomplete"]);
  expect(await stateOf(broadcasts.completed)).toEqual(["completed", null]);
  expect(await stateOf(broadcasts.draft)).toEqual(["draft", null]);
  for (const id of [broadcasts.paused, broadcasts.sending, broadcasts.incomplete]) {
    const refused = await former.api.post(`/v1/broadcasts/${id}/resume`);
    expect([refused.status, refused.body.error]).toMatchObject([
      409,
      {
        code: "broadcast_not_sendable",
        message: expect.stringMatching(/Another organization(?!.*access token)/),
        details: { reason: "number_moved" },
      },
    ]);
  }
  expect((await former.api.post(`/v1/broadcasts/${broadcasts.draft}/launch`)).status).toBe(409);
});

test("a moved number can't be checked, changed, reconnected, or used for templates and files", async () => {
  const { former, present } = await moved();
  const its = `${path}/${former.providerId}`;
  const upload = (to: string) => {
    const body = new FormData();
    body.append("file", new Blob(["%PDF-1.4\n"], { type: "application/pdf" }), "a.pdf");
    body.append("providerId", former.providerId);
    return former.api.send(to, { method: "POST", body });
  };
  const attempts = {
    check: () => former.api.post(`${its}/check`),
    rate: () => former.api.patch(its, { messagesPerSecond: 5 }),
    token: () => former.api.patch(its, { accessToken: number.accessToken }),
    secret: () => former.api.patch(its, { appSecret: number.appSecret }),
    sync: () => former.api.post("/v1/templates/sync", { providerId: former.providerId }),
    syncAll: () => former.api.post("/v1/templates/sync", {}),
    template: () =>
      former.api.post("/v1/templates", {
        providerId: former.providerId,
        name: "spring",
        language: "en_US",
        category: "MARKETING",
        components: [{ type: "BODY", text: "Hello" }],
      }),
    connect: () => former.api.post(path, number),
    file: () => upload("/v1/media"),
    sample: () => upload("/v1/template-media"),
  };
  for (const [what, attempt] of Object.entries(attempts)) {
    const { status, body } = await attempt();
    expect([what, status, body.error.code]).toEqual([what, 409, "conflict"]);
  }
  expect((await former.api.get(its)).body).toMatchObject({ statusReason: "number_moved" });
  const kept = (await present.api.get(`${path}/${present.providerId}`)).body;
  expect(kept).toMatchObject({ status: "connected", messagesPerSecond: 80 });
});

test("the former organization takes a number back once it is disconnected where it went", async () => {
  const { former, present, broadcasts } = await moved();
  await setState(present.providerId, "disconnected");
  const back = await connect(former.api);
  const items = (await former.api.get(path)).body.items;
  expect(items).toMatchObject([
    { id: former.providerId, statusReason: "number_moved" },
    { id: back, status: "connected", movedAt: null },
  ]);
  expect((await present.api.get(`${path}/${present.providerId}`)).body).toMatchObject({
    statusReason: "number_moved",
  });
  expect((await former.api.post(`/v1/broadcasts/${broadcasts.paused}/resume`)).status).toBe(409);
  expect((await former.api.post(`${path}/${back}/check`)).body.ok).toBe(true);
});

test("of two organizations that connect a number at once, one gets it", async () => {
  for (let round = 0; round < 5; round += 1) {
    const former = await connected();
    await setState(former.providerId, "disconnected");
    const both = await Promise.all([newOrganization(), newOrganization()]);
    const answers = await Promise.all(both.map(({ api }) => api.post(path, number)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    await engineDb.deleteFrom("whatsapp_providers").execute();
  }
});

test("a new token and a connection elsewhere at once leave one owner", async () => {
  for (let round = 0; round < 5; round += 1) {
    const former = await connected();
    await setState(former.providerId, "disconnected");
    const { api } = await newOrganization();
    const renewal = { accessToken: number.accessToken };
    const [renewed, taken] = await Promise.all([
      former.api.patch(`${path}/${former.providerId}`, renewal),
      api.post(path, number),
    ]);
    expect([200, 409]).toContain(renewed.status);
    expect(taken.status).toBe(renewed.status === 200 ? 409 : 201);
    const owners = await engineDb
      .selectFrom("whatsapp_providers")
      .where("moved_at", "is", null)
      .select("status")
      .execute();
    expect(owners).toEqual([{ status: "connected" }]);
    await engineDb.deleteFrom("whatsapp_providers").execute();
  }
});

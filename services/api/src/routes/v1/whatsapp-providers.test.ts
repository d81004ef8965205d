import { sql } from "kysely";
import { afterEach, expect, test } from "vitest";
import { number, startTestApi } from "../../testing/start-test-api.ts";
import { answers } from "../../testing/test-client.ts";

const { simulator, engineDb, logged, newOrganization } = await startTestApi();
const path = "/v1/whatsapp-providers";

afterEach(async () => {
  await engineDb.deleteFrom("whatsapp_providers").execute();
  await expireTokens(false);
});

async function expireTokens(tokenExpired: boolean) {
  const body = JSON.stringify({ tokenExpired });
  const answer = await fetch(`${simulator.url}/_control`, { method: "POST", body });
  expect(answer.status).toBe(200);
}

async function savedProviders() {
  return engineDb.selectFrom("whatsapp_providers").selectAll().execute();
}

test("a number is connected with Meta's details, and its secrets are never returned", async () => {
  const { api } = await newOrganization();
  const created = await api.post(path, number);
  expect(created.status).toBe(201);
  expect(created.body).toMatchObject({
    phoneNumberId: number.phoneNumberId,
    wabaId: number.wabaId,
    phoneNumber: expect.stringMatching(/^\+\d+$/),
    displayName: expect.any(String),
    nameStatus: "APPROVED",
    status: "connected",
    qualityRating: "GREEN",
    messagesPerSecond: 80,
    messagingLimit: expect.stringMatching(/^TIER_/),
    webhookUrl: "https://hooks.test/webhooks/whatsapp",
    webhookVerifyToken: expect.stringMatching(/^[\w-]{32}$/),
    hasAppSecret: true,
    warnings: [],
  });
  const { warnings: _warnings, ...view } = created.body;
  expect((await api.get(`${path}/${view.id}`)).body).toEqual({ ...view, messagingLimitUsed: 0 });
  expect((await api.get(path)).body).toEqual({ items: [view], nextCursor: null });

  const audit = await engineDb.selectFrom("audit_log").selectAll().execute();
  expect(audit).toMatchObject([{ action: "provider.connected", target_id: view.id }]);
  const stored = JSON.stringify([await savedProviders(), audit]);
  for (const secret of [number.accessToken, number.appSecret]) {
    expect(stored + logged() + answers.join()).not.toContain(secret);
  }
});

test("another app's app secret is refused, so that no webhooks are lost unnoticed", async () => {
  const { api } = await newOrganization();
  const wrong = await api.post(path, { ...number, appSecret: "another-apps-secret" });
  expect([wrong.status, wrong.body.error]).toMatchObject([
    400,
    {
      message: expect.stringContaining("app secret"),
      details: { fields: [{ path: "appSecret" }] },
    },
  ]);
  expect(wrong.text).not.toContain("another-apps-secret");
  expect(await savedProviders()).toEqual([]);
  const { id } = (await api.post(path, number)).body;
  const changed = await api.patch(`${path}/${id}`, { appSecret: "another-apps-secret" });
  expect([changed.status, changed.body.error.details.fields]).toMatchObject([
    400,
    [{ path: "appSecret" }],
  ]);
  simulator.addNumber({ phoneNumberId: number.phoneNumberId, appSecret: "rotated-at-meta" });
  const checked = await api.post(`${path}/${id}/check`);
  expect(checked.body).toMatchObject({
    ok: false,
    problems: [{ check: "app_secret", advice: expect.stringContaining("basic settings") }],
    provider: { status: "connected" },
  });
  expect((await api.patch(`${path}/${id}`, { appSecret: "rotated-at-meta" })).status).toBe(200);
  expect((await api.post(`${path}/${id}/check`)).body.ok).toBe(true);
  simulator.addNumber({ phoneNumberId: number.phoneNumberId, appSecret: number.appSecret });
});

test("a wrong token is refused with Meta's code and message and with advice, and nothing is saved", async () => {
  const { api } = await newOrganization();
  const refused = await api.post(path, { ...number, accessToken: "EAAwrongToken" });
  expect(refused.status).toBe(422);
  expect(refused.body.error).toMatchObject({
    code: "refused_by_meta",
    message: expect.stringMatching(/^Meta refused the access token with code 190: ".+"\. Create/),
    details: { metaCode: 190, metaMessage: expect.any(String) },
  });
  expect(refused.text).not.toContain("EAAwrongToken");
  expect(await savedProviders()).toEqual([]);
});

test("an unknown number or account is refused with Meta's message, and nothing is saved", async () => {
  const { api } = await newOrganization();
  for (const wrong of [{ phoneNumberId: "999" }, { wabaId: "999" }]) {
    const refused = await api.post(path, { ...number, ...wrong });
    expect(refused.status).toBe(422);
    expect(refused.body.error).toMatchObject({
      code: "refused_by_meta",
      message: expect.stringMatching(/^Meta refused the .* id with code \d+: ".+"\. Check the id/),
    });
  }
  expect(await savedProviders()).toEqual([]);
});

test("a number of another account than the given one is refused, and nothing is saved", async () => {
  const other = simulator.addNumber({
    phoneNumberId: "206540352242922",
    wabaId: "202290129340398",
    accessToken: number.accessToken,
  });
  const { api } = await newOrganization();
  const refused = await api.post(path, { ...number, wabaId: other.wabaId });
  expect(refused.status).toBe(400);
  expect(refused.body.error).toMatchObject({
    code: "invalid_input",
    details: { fields: [{ path: "wabaId" }] },
  });
  expect(await savedProviders()).toEqual([]);
});

test("a connected number can't be connected again, and the refusal doesn't reveal its organization", async () => {
  const [first, second] = [await newOrganization(), await newOrganization()];
  expect((await first.api.post(path, number)).status).toBe(201);
  const [own, foreign] = [await first.api.post(path, number), await second.api.post(path, number)];
  expect(own.status).toBe(409);
  expect(foreign.status).toBe(409);
  expect(foreign.body).toEqual(own.body);
  expect(foreign.text).not.toContain(first.organizationId);
  expect(await savedProviders()).toHaveLength(1);
});

test("invalid fields are all named at once", async () => {
  const { api } = await newOrganization();
  const refused = await api.post(path, { phoneNumberId: "+49 151", accessToken: "a b", extra: 1 });
  expect(refused.status).toBe(400);
  const { fields } = refused.body.error.details;
  expect(fields.map((field: { path: string }) => field.path).toSorted()).toEqual([
    "",
    "accessToken",
    "phoneNumberId",
    "wabaId",
  ]);
  expect(refused.text).not.toContain("a b");
});

test("the sending rate accepts 1 to 10,000, with a warning above Meta's throughput level", async () => {
  const { api } = await newOrganization();
  const { id } = (await api.post(path, number)).body;
  const lower = await api.patch(`${path}/${id}`, { messagesPerSecond: 40 });
  expect(lower.body).toMatchObject({
    messagesPerSecond: 40,
    currentMessagesPerSecond: 40,
    warnings: [],
  });
  const higher = await api.patch(`${path}/${id}`, { messagesPerSecond: 400 });
  expect(higher.status).toBe(200);
  expect(higher.body).toMatchObject({
    messagesPerSecond: 400,
    currentMessagesPerSecond: 400,
    warnings: [expect.stringContaining("80 messages a second")],
  });
  for (const messagesPerSecond of [0, 10_001, 1.5, "5"]) {
    expect((await api.patch(`${path}/${id}`, { messagesPerSecond })).status).toBe(400);
  }
  expect((await api.patch(`${path}/${id}`, {})).status).toBe(400);
});

test("a rate that Meta reduced isn't raised by a higher limit but is lowered by a lower one", async () => {
  const { api } = await newOrganization();
  const { id } = (await api.post(path, number)).body;
  await engineDb
    .updateTable("whatsapp_providers")
    .set({ current_messages_per_second: 20 })
    .execute();
  const set = async (messagesPerSecond: number) =>
    (await api.patch(`${path}/${id}`, { messagesPerSecond })).body.currentMessagesPerSecond;
  expect(await set(1_000)).toBe(20);
  expect(await set(10)).toBe(10);
});

test("a new token is checked before it is saved and reconnects a disconnected number", async () => {
  const { api } = await newOrganization();
  const { id } = (await api.post(path, number)).body;
  const [before] = await savedProviders();
  await sql`update whatsapp_providers set status = 'disconnected', status_reason = 'x'`.execute(
    engineDb,
  );

  const refused = await api.patch(`${path}/${id}`, { accessToken: "EAAwrong" });
  expect(refused.status).toBe(422);
  expect((await savedProviders())[0]?.access_token).toBe(before?.access_token);

  const accepted = await api.patch(`${path}/${id}`, { accessToken: number.accessToken });
  expect(accepted.body).toMatchObject({ status: "connected", statusReason: null });
  expect((await api.patch(`${path}/${id}`, { appSecret: null })).body.hasAppSecret).toBe(false);
});

test("a check reports problems and updates the number's status", async () => {
  const { api } = await newOrganization();
  const { id } = (await api.post(path, number)).body;
  expect((await api.post(`${path}/${id}/check`)).body).toMatchObject({ ok: true, problems: [] });

  await expireTokens(true);
  const checked = await api.post(`${path}/${id}/check`);
  expect(checked.status).toBe(200);
  expect(checked.body).toMatchObject({
    ok: false,
    problems: [{ check: "token", code: 190, advice: expect.stringContaining("token") }],
    provider: { status: "disconnected", statusReason: expect.stringContaining("190") },
  });
  await expireTokens(false);
  expect((await api.post(`${path}/${id}/check`)).body).toMatchObject({
    ok: true,
    provider: { status: "connected", statusReason: null },
  });
});

test("a number is deleted only when no broadcast uses it", async () => {
  const { api } = await newOrganization();
  const { id } = (await api.post(path, number)).body;
  await api.post("/v1/templates/sync", {});
  const template = (await api.get("/v1/templates?status=approved&limit=200")).body.items.find(
    (item: { slots: unknown[] }) => item.slots.length === 0,
  );
  const broadcast = await api.post("/v1/broadcasts", {
    name: "x",
    providerId: id,
    templateId: template.id,
    segmentCriteria: { combinator: "and", rules: [] },
    variables: {},
  });
  expect(broadcast.status).toBe(201);
  expect((await api.delete(`${path}/${id}`)).status).toBe(409);
  await engineDb.deleteFrom("whatsapp_broadcasts").execute();
  expect((await api.delete(`${path}/${id}`)).status).toBe(204);
  expect((await api.get(`${path}/${id}`)).status).toBe(404);
});

import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterEach, expect, test } from "vitest";
import { createBroadcastBody } from "../../testing/create-broadcast-body.ts";
import { number, startTestApi } from "../../testing/start-test-api.ts";

const { simulator, engineDb, newOrganization } = await startTestApi();
const { api } = await newOrganization();
const body = await createBroadcastBody(api);
const path = "/v1/broadcasts";
const providerPath = `/v1/whatsapp-providers/${body.providerId}`;

afterEach(async () => {
  await expireTokens(false);
  await sql`update whatsapp_providers set status = 'connected', status_reason = null`.execute(
    engineDb,
  );
});

async function expireTokens(tokenExpired: boolean) {
  const control = JSON.stringify({ tokenExpired });
  const answer = await fetch(`${simulator.url}/_control`, { method: "POST", body: control });
  expect(answer.status).toBe(200);
}

/** Creates a draft and moves it to `status`, with the given number of recipients per status. */
async function newBroadcast(status: string, recipients: Record<string, number> = {}) {
  const { id } = (await api.post(path, body)).body;
  for (const [of, count] of Object.entries(recipients)) {
    await sql`
      insert into whatsapp_broadcast_recipients (organization_id, broadcast_id, phone, status)
      select organization_id, id, '+1555' || lpad(n::text, 7, '0'), ${of}
      from whatsapp_broadcasts, generate_series(1, ${count}::integer) n where id = ${id}
    `.execute(engineDb);
  }
  const counted = (of: string) => recipients[of] ?? 0;
  const total = Object.values(recipients).reduce((sum, count) => sum + count, 0);
  await sql`
    update whatsapp_broadcasts
    set status = ${status}, total_recipients = ${total}, successful_sends = ${counted("sent")},
      failed_sends = ${counted("failed")}, unknown_count = ${counted("unknown")}
    where id = ${id}
  `.execute(engineDb);
  return { id, path: `${path}/${id}` };
}

const moves: [verb: string, from: string, to: string, recipients: Record<string, number>][] = [
  ["launch", "draft", "preparing", {}],
  ["pause", "sending", "paused", { pending: 1 }],
  ["resume", "paused", "sending", { pending: 1 }],
  ["cancel", "sending", "canceled", { pending: 1 }],
  ["retry-failed", "completed", "sending", { sent: 1, failed: 1 }],
  ["resend-unknown", "completed", "sending", { sent: 1, unknown: 1 }],
  ["schedule", "draft", "scheduled", {}],
];
const scheduledAt = "2100-01-01T00:00:00.000Z";
const bodyOf = (verb: string) => (verb === "schedule" ? { scheduledAt } : undefined);

test.each(moves)(
  "%s answers 202 with the broadcast, runs once per key, and is in the audit log",
  async (...of) => {
    const [verb, from, to, recipients] = of;
    const broadcast = await newBroadcast(from, recipients);
    const headers = { "idempotency-key": randomUUID() };
    const first = await api.post(`${broadcast.path}/${verb}`, bodyOf(verb), headers);
    expect([verb, first.status]).toEqual([verb, 202]);
    expect(first.body).toMatchObject({ id: broadcast.id, status: to });
    const again = await api.post(`${broadcast.path}/${verb}`, bodyOf(verb), headers);
    expect(again.status).toBe(202);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.body).toEqual(first.body);
    const audit = await engineDb
      .selectFrom("audit_log")
      .where("target_id", "=", broadcast.id)
      .where("action", "<>", "broadcast.created")
      .select("actor_api_key_id")
      .execute();
    expect(audit).toEqual([{ actor_api_key_id: expect.any(String) }]);
  },
);

test.each(moves)(
  "%s answers 409 with the broadcast's status when that doesn't allow it",
  async (...of) => {
    const [verb, from] = of;
    const state = from === "draft" ? "sending" : "draft";
    const broadcast = await newBroadcast(state);
    const refused = await api.post(`${broadcast.path}/${verb}`, bodyOf(verb));
    expect([verb, refused.status]).toEqual([verb, 409]);
    expect(refused.body.error).toMatchObject({ code: "conflict", details: { status: state } });
    expect((await api.get(broadcast.path)).body.status).toBe(state);
  },
);

test("a past, invalid or missing schedule is refused with 400", async () => {
  const broadcast = await newBroadcast("draft");
  for (const bad of [{ scheduledAt: "2020-01-01T00:00:00Z" }, { scheduledAt: "soon" }, {}]) {
    expect((await api.post(`${broadcast.path}/schedule`, bad)).status).toBe(400);
  }
});

test("a new broadcast takes a rule for Meta's marketing cap and refuses an unknown one", async () => {
  expect((await api.post(path, body)).body.marketingCap).toBe("fail");
  const marketingCap = "retry_after_24h";
  expect((await api.post(path, { ...body, marketingCap })).body).toMatchObject({ marketingCap });
  expect((await api.post(path, { ...body, marketingCap: "never" })).status).toBe(400);
});

/**
 * Creates a broadcast paused for each of `reasons` and sets the number to `status` for `reason`.
 * Returns a function that reads the broadcasts' statuses.
 */
async function pausedFor(reasons: string[], status: string, reason: string) {
  const paused: Record<string, string> = {};
  for (const each of reasons) {
    const { id } = await newBroadcast("paused", { pending: 1 });
    await sql`
      update whatsapp_broadcasts set pause_reason = ${each}, paused_at = now()
      where id = ${id}
    `.execute(engineDb);
    paused[each] = id;
  }
  await sql`
    update whatsapp_providers set status = ${status}, status_reason = ${reason}
    where id = ${body.providerId}
  `.execute(engineDb);
  return async () => {
    const states: Record<string, string> = {};
    for (const [each, id] of Object.entries(paused)) {
      states[each] = (await api.get(`${path}/${id}`)).body.status;
    }
    return states;
  };
}

const token = ["meta_190", "meta_200", "token_unreadable"];
const others = ["meta_132015", "meta_368", "meta_131048", "paused_by_operator", "rows_refused"];
const resumed = { meta_190: "sending", meta_200: "sending", token_unreadable: "sending" };
const stillPaused = Object.fromEntries(others.map((reason) => [reason, "paused"]));

test("a new token resumes the broadcasts that were paused for the token and no others", async () => {
  const states = await pausedFor([...token, ...others], "disconnected", "meta_190");
  const before = (await api.get(providerPath)).body;
  expect(before).toMatchObject({ status: "disconnected", statusReason: "meta_190" });
  expect(before.statusMessage).toContain("new access token");
  const renewed = await api.patch(providerPath, { accessToken: number.accessToken });
  expect(renewed.body).toMatchObject({
    status: "connected",
    statusReason: null,
    statusMessage: null,
  });
  expect(await states()).toEqual({ ...resumed, ...stillPaused });
  const { rows } = await sql`
    select from whatsapp_broadcasts
    where status = 'sending' and (pause_reason is not null or paused_at is not null)
  `.execute(engineDb);
  expect(rows).toEqual([]);
});

test("a token that Meta refuses or a change of another setting resumes no broadcast", async () => {
  const states = await pausedFor(["meta_190"], "disconnected", "meta_190");
  expect((await api.patch(providerPath, { accessToken: "EAAwrong" })).status).toBe(422);
  expect((await api.patch(providerPath, { messagesPerSecond: 40 })).status).toBe(200);
  expect(await states()).toEqual({ meta_190: "paused" });
});

test("a check resumes broadcasts paused for the token only when the number works again", async () => {
  const states = await pausedFor(["meta_190", "paused_by_operator"], "disconnected", "meta_190");
  await expireTokens(true);
  expect((await api.post(`${providerPath}/check`)).body.provider).toMatchObject({
    status: "disconnected",
    statusReason: "meta_190",
    statusMessage: expect.stringContaining("new access token"),
  });
  expect(await states()).toEqual({ meta_190: "paused", paused_by_operator: "paused" });
  await expireTokens(false);
  expect((await api.post(`${providerPath}/check`)).body.provider.status).toBe("connected");
  expect(await states()).toEqual({ meta_190: "sending", paused_by_operator: "paused" });
});

test("the operator's check reconnects a number that Meta paused, but a new token doesn't", async () => {
  const draft = await newBroadcast("draft");
  const states = await pausedFor(["meta_131048", "meta_190"], "paused", "meta_131048");
  const launch = await api.post(`${draft.path}/launch`);
  expect(launch.status).toBe(409);
  expect(launch.body.error).toMatchObject({
    code: "broadcast_not_sendable",
    message: expect.stringContaining("check it"),
    details: { status: "draft", providerStatus: "paused", reason: "meta_131048" },
  });
  await api.patch(providerPath, { accessToken: number.accessToken });
  expect(await states()).toEqual({ meta_131048: "paused", meta_190: "paused" });
  expect((await api.post(`${providerPath}/check`)).body.provider.status).toBe("connected");
  expect(await states()).toEqual({ meta_131048: "paused", meta_190: "sending" });
});

test("a check reports a token that can't be decrypted", async () => {
  const { access_token } = await engineDb
    .selectFrom("whatsapp_providers")
    .where("id", "=", body.providerId)
    .select("access_token")
    .executeTakeFirstOrThrow();
  const setToken = (ciphertext: string) =>
    engineDb
      .updateTable("whatsapp_providers")
      .set({ access_token: ciphertext })
      .where("id", "=", body.providerId)
      .execute();
  await setToken(access_token.replace("v1:k:", "v1:lost:"));
  const checked = await api.post(`${providerPath}/check`);
  expect(checked.status).toBe(200);
  expect(checked.body).toMatchObject({
    ok: false,
    problems: [{ check: "token", code: null, advice: expect.stringContaining("new access token") }],
    provider: { status: "disconnected", statusReason: "token_unreadable" },
  });
  await setToken(access_token);
  expect((await api.post(`${providerPath}/check`)).body.ok).toBe(true);
});

function setHours(hours: number) {
  return sql`
    update whatsapp_providers set messaging_limit_until = now() + ${hours} * interval '1 hour',
      held_until = now() + ${hours} * interval '1 hour'
    where id = ${body.providerId}
  `.execute(engineDb);
}

test("a number shows when its hold or its used-up messaging limit ends, and null afterwards", async () => {
  await setHours(1);
  const shown = (await api.get(providerPath)).body;
  expect(Date.parse(shown.messagingLimitUntil)).toBeGreaterThan(Date.now());
  expect(Date.parse(shown.heldUntil)).toBeGreaterThan(Date.now());
  await setHours(-1);
  expect((await api.get(providerPath)).body).toMatchObject({
    messagingLimitUntil: null,
    heldUntil: null,
  });
});

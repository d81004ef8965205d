import { randomUUID } from "node:crypto";
import { claimIdempotencyKey } from "@loudhailer/core/idempotency/claim-idempotency-key.ts";
import { forgetIdempotencyKeys } from "@loudhailer/core/idempotency/forget-idempotency-keys.ts";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { createBroadcastBody } from "../testing/create-broadcast-body.ts";
import { startTestApi } from "../testing/start-test-api.ts";

const { db, engineDb, newOrganization } = await startTestApi();
const owner = await newOrganization();
const body = await createBroadcastBody(owner.api);
const path = "/v1/broadcasts";

async function countBroadcasts(): Promise<number> {
  return (await engineDb.selectFrom("whatsapp_broadcasts").select("id").execute()).length;
}

test("a request repeated with the same key and body creates once and gets the same response", async () => {
  const headers = { "idempotency-key": randomUUID() };
  const before = await countBroadcasts();
  const first = await owner.api.post(path, body, headers);
  const again = await owner.api.post(path, body, headers);
  expect(first.status).toBe(201);
  expect(first.headers.has("idempotency-replayed")).toBe(false);
  expect(again.status).toBe(201);
  expect(again.headers.get("idempotency-replayed")).toBe("true");
  expect(again.body).toEqual(first.body);
  expect(await countBroadcasts()).toBe(before + 1);
});

test("ten concurrent requests with one key create once and get the same response", async () => {
  const headers = { "idempotency-key": randomUUID() };
  const before = await countBroadcasts();
  const all = await Promise.all(
    Array.from({ length: 10 }, () => owner.api.post(path, body, headers)),
  );
  expect(new Set(all.map((answer) => answer.status))).toEqual(new Set([201]));
  expect(new Set(all.map((answer) => answer.text)).size).toBe(1);
  expect(await countBroadcasts()).toBe(before + 1);
});

test("a key is refused when it is reused with another body or route", async () => {
  const headers = { "idempotency-key": randomUUID() };
  const { id } = (await owner.api.post(path, body, headers)).body;
  for (const answer of [
    await owner.api.post(path, { ...body, name: "Other" }, headers),
    await owner.api.post(`${path}/${id}/launch`, undefined, headers),
  ]) {
    expect(answer.status).toBe(409);
    expect(answer.body.error.code).toBe("idempotency_key_reused");
  }
});

test("a launch repeated with the same key gets the first response instead of a conflict", async () => {
  const { id } = (await owner.api.post(path, body)).body;
  const headers = { "idempotency-key": randomUUID() };
  const first = await owner.api.post(`${path}/${id}/launch`, undefined, headers);
  expect(first.status).toBe(202);
  expect(first.body.status).toBe("preparing");
  const again = await owner.api.post(`${path}/${id}/launch`, undefined, headers);
  expect(again.status).toBe(202);
  expect(again.body).toEqual(first.body);
  const without = await owner.api.post(`${path}/${id}/launch`);
  expect(without.status).toBe(409);
  expect(without.body.error.details).toMatchObject({ status: "preparing" });
});

test("a failed attempt frees its key", async () => {
  const headers = { "idempotency-key": randomUUID() };
  const refused = await owner.api.post(path, { ...body, templateId: randomUUID() }, headers);
  expect(refused.status).toBe(400);
  expect((await owner.api.post(path, body, headers)).status).toBe(201);
});

test("two organizations can use the same key independently", async () => {
  const other = await newOrganization();
  const headers = { "idempotency-key": randomUUID() };
  expect((await owner.api.post(path, body, headers)).status).toBe(201);
  const answer = await other.api.post(path, body, headers);
  expect(answer.status).toBe(400);
  expect(answer.text).not.toContain("Spring");
});

test("a malformed key is refused", async () => {
  for (const key of ["a b", "x".repeat(256)]) {
    const answer = await owner.api.post(path, body, { "idempotency-key": key });
    expect(answer.status).toBe(400);
    expect(answer.body.error.message).toContain("Idempotency-Key");
  }
});

test("a second claim gets a conflict while the first is in progress and succeeds when it is abandoned", async () => {
  const { organizationId } = owner;
  const ctx = { db, organizationId, actor: { userId: null, apiKeyId: null, ipAddress: null } };
  const request = { key: randomUUID(), requestHash: Buffer.from("hash") };
  expect(await claimIdempotencyKey(ctx, request)).toEqual({ kind: "claimed" });
  await expect(claimIdempotencyKey(ctx, request, { waitMsMax: 100 })).rejects.toMatchObject({
    code: "conflict",
  });
  await sql`
    update idempotency_keys set created_at = now() - interval '16 minutes' where key = ${request.key}
  `.execute(engineDb);
  expect(await claimIdempotencyKey(ctx, request)).toEqual({ kind: "claimed" });
});

test("keys are deleted after 24 hours", async () => {
  await sql`update idempotency_keys set created_at = now() - interval '25 hours'`.execute(engineDb);
  await forgetIdempotencyKeys(engineDb);
  expect(await engineDb.selectFrom("idempotency_keys").select("key").execute()).toEqual([]);
});

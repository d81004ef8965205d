import { randomUUID } from "node:crypto";
import { renewMedia } from "@loudhailer/core/media/renew-media.ts";
import { resolveMedia } from "@loudhailer/core/media/resolve-media.ts";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { createGraphClient } from "@loudhailer/whatsapp/graph-client.ts";
import { afterAll, expect, test } from "vitest";
import { createBroadcastBody } from "../../testing/create-broadcast-body.ts";
import { number, startTestApi } from "../../testing/start-test-api.ts";
import { createTestClient } from "../../testing/test-client.ts";

const { simulator, engineDb, keyring, databaseUrl, newOrganization } = await startTestApi();
const { api, organizationId } = await newOrganization();
const { providerId } = await createBroadcastBody(api);
const meta = createTestClient(simulator.url, number.accessToken);
const graph = createGraphClient({ baseUrl: simulator.url, version: "v25.0" });
afterAll(() => graph.close());
const path = "/v1/media";

const bytes = Uint8Array.from({ length: 2_500_000 }, (_, index) => index % 251);

function upload(
  type = "image/png",
  { content = bytes, headers = {}, name = "Frühling 1.png" } = {},
) {
  const data = new FormData();
  data.append("file", new Blob([content], { type }), name);
  data.append("providerId", providerId);
  return api.send(path, { method: "POST", body: data, headers });
}

async function imageTemplate(): Promise<string> {
  const { items } = (await api.get("/v1/templates?search=new_collection")).body;
  return items[0].id;
}

async function broadcastOf(mediaId: string, templateId?: string) {
  const template = (await api.get(`/v1/templates/${templateId ?? (await imageTemplate())}`)).body;
  const slots: { path: string }[] = template.slots;
  const texts = slots.flatMap(({ path: slot }) =>
    slot.startsWith("body.") ? [slot.slice(5)] : [],
  );
  return {
    name: "With a picture",
    providerId,
    templateId: template.id,
    segmentCriteria: { combinator: "and", rules: [] },
    variables: {
      header: { 1: { source: "media", mediaId } },
      ...(texts.length > 0 && {
        body: Object.fromEntries(texts.map((key) => [key, { source: "text", value: "x" }])),
      }),
    },
  };
}

const stored = (id: string) =>
  engineDb.selectFrom("media").selectAll().where("id", "=", id).executeTakeFirstOrThrow();

test("an uploaded file is stored at Meta and here byte for byte, once per key", async () => {
  const headers = { "idempotency-key": "picture-1" };
  const made = await upload("image/png", { headers });
  expect([made.status, made.body]).toEqual([
    201,
    {
      id: expect.any(String),
      providerId,
      type: "image",
      mimeType: "image/png",
      fileName: "Frühling 1.png",
      sizeBytes: bytes.length,
      expiresAt: expect.any(String),
      createdAt: expect.any(String),
    },
  ]);
  expect((await upload("image/png", { headers })).body).toEqual(made.body);
  const one = `${path}/${made.body.id}`;
  expect((await api.get(one)).body).toEqual(made.body);
  expect((await api.get(`${path}?type=image&providerId=${providerId}`)).body.items).toEqual([
    made.body,
  ]);
  expect((await api.get(`${path}?type=video`)).body.items).toEqual([]);
  const { meta_media_id: metaId } = await stored(made.body.id);
  expect((await meta.get(`/v25.0/${metaId}`)).body.file_size).toBe(bytes.length);

  const response = await fetch(`${api.url}${one}/content`, {
    headers: { authorization: `Bearer ${api.apiKey}` },
  });
  expect(response.headers.get("content-type")).toBe("image/png");
  expect(response.headers.get("content-security-policy")).toContain("sandbox");
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
});

test("a file that no header accepts is refused by field and not stored", async () => {
  const before = (await api.get(path)).body.items;
  for (const refused of [
    await upload("image/gif"),
    await upload("text/html"),
    await upload("image/jpeg", { content: new Uint8Array(5 * 1024 * 1024 + 1) }),
    await upload("image/jpeg", { content: new Uint8Array() }),
  ]) {
    expect([refused.status, refused.body.error.details.fields[0].path]).toEqual([400, "file"]);
  }
  expect((await api.get(path)).body.items).toEqual(before);
});

test("a broadcast accepts only an existing file of the header's type and keeps it from deletion", async () => {
  const [image, document] = [await upload(), await upload("application/pdf", { name: "a.pdf" })];
  const templateId = await imageTemplate();
  const problemOf = async (mediaId: string) => {
    const refused = await api.post("/v1/broadcasts", await broadcastOf(mediaId, templateId));
    expect(refused.status).toBe(400);
    return refused.body.error.details.fields;
  };
  const at = "variables.header.1.mediaId";
  expect(await problemOf(document.body.id)).toMatchObject([
    { path: at, message: expect.stringContaining("document") },
  ]);
  expect(await problemOf(randomUUID())).toEqual([{ path: at, message: "names no file of yours" }]);
  await engineDb
    .updateTable("media")
    .set({ expires_at: new Date(0) })
    .where("id", "=", document.body.id)
    .execute();

  const made = await api.post("/v1/broadcasts", await broadcastOf(image.body.id, templateId));
  expect(made.status).toBe(201);
  const held = await api.delete(`${path}/${image.body.id}`);
  expect([held.status, held.body.error.details]).toEqual([
    409,
    { broadcasts: [{ id: made.body.id, status: "draft" }] },
  ]);
  const tested = await api.post(`/v1/broadcasts/${made.body.id}/test`, { to: "+4915123456077" });
  expect([tested.status, tested.body.preview.header]).toMatchObject([
    202,
    { kind: "image", mediaId: image.body.id },
  ]);
  await api.delete(`/v1/broadcasts/${made.body.id}`);
  const { meta_media_id: metaId } = await stored(image.body.id);
  expect((await api.delete(`${path}/${image.body.id}`)).status).toBe(204);
  expect((await api.get(`${path}/${image.body.id}`)).status).toBe(404);
  expect((await meta.get(`/v25.0/${metaId}`)).status).toBe(400);
});

test("renewing files ends with an error when the database is away, so that it is tried again", async () => {
  const { id } = (await upload()).body;
  const soon = new Date(Date.now() + 6 * 86_400_000);
  await engineDb.updateTable("media").set({ expires_at: soon }).where("id", "=", id).execute();
  const pool = createPool({ connectionString: databaseUrl, role: "loudhailer_engine" });
  const db = createDb(pool);
  const lost = async () => {
    await pool.end();
    return "new id";
  };
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const deps = { db, graph: { ...graph, uploadMedia: lost }, keyring, log };
  await expect(renewMedia(deps, new AbortController().signal)).rejects.toThrow("pool");
});

test("a file is uploaded to Meta again before it expires there, and messages use the new one", async () => {
  const { id } = (await upload()).body;
  const before = await stored(id);
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const deps = { db: engineDb, graph, keyring, log };
  const { signal } = new AbortController();
  await renewMedia(deps, signal);
  expect(await stored(id)).toEqual(before);

  const soon = new Date(Date.now() + 6 * 86_400_000);
  await engineDb.updateTable("media").set({ expires_at: soon }).where("id", "=", id).execute();
  await renewMedia(deps, signal);
  const renewed = await stored(id);
  expect(renewed.meta_media_id).not.toBe(before.meta_media_id);
  expect(renewed.expires_at.getTime()).toBeGreaterThan(Date.now() + 29 * 86_400_000);
  expect((await meta.get(`/v25.0/${renewed.meta_media_id}`)).body.sha256).toBe(
    before.sha256.toString("hex"),
  );
  const header = { 1: { source: "media" as const, mediaId: id } };
  expect(await resolveMedia(engineDb, organizationId, { header, cards: [{ header }] })).toEqual({
    header: { 1: { source: "media", mediaId: renewed.meta_media_id } },
    cards: [{ header: { 1: { source: "media", mediaId: renewed.meta_media_id } } }],
  });
});

test("another organization can't see, download or delete a file", async () => {
  const { id } = (await upload()).body;
  const foreign = await newOrganization();
  expect((await foreign.api.get(path)).body.items).toEqual([]);
  for (const answer of [
    await foreign.api.get(`${path}/${id}`),
    await foreign.api.get(`${path}/${id}/content`),
    await foreign.api.delete(`${path}/${id}`),
  ]) {
    expect([answer.status, answer.body.error.code]).toEqual([404, "not_found"]);
  }
});

import { once } from "node:events";
import { createServer } from "node:http";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import {
  createTestBroadcast,
  createTestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { createGraphClient } from "@loudhailer/whatsapp/graph-client.ts";
import { afterAll, expect, test } from "vitest";
import { encryptSecret } from "../secrets/encrypt-secret.ts";
import { checkProvider } from "./check-provider.ts";

const { databaseUrl } = await useTestDatabase();
const owner = createDb(createPool({ connectionString: databaseUrl, max: 2 }));
const api = createDb(createPool({ connectionString: databaseUrl, role: "loudhailer_api" }));
const keyring = { currentId: "test", keys: new Map([["test", Buffer.alloc(32, 1)]]) };

/** Quality rating that Meta returns for any number. */
let quality = "GREEN";
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? "", "http://graph");
  const [, , id = ""] = pathname.split("/");
  const answer = () => {
    if (pathname.endsWith("/phone_numbers")) return { data: [{ id: `1${id.slice(1)}` }] };
    if (pathname.endsWith("/debug_token")) return { data: { is_valid: true } };
    if (pathname.endsWith("/subscribed_apps")) return { success: true };
    return { id, quality_rating: quality };
  };
  response.end(JSON.stringify(answer()));
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
const port = typeof address === "object" ? address?.port : undefined;
const graph = createGraphClient({ baseUrl: `http://127.0.0.1:${port}`, version: "v25.0" });
afterAll(async () => {
  await graph.close();
  server.close();
  await Promise.all([owner, api].map((db) => db.destroy()));
});

async function withBroadcasts() {
  const organization = await createTestOrganization(owner, {
    accessToken: encryptSecret(keyring, "token-of-the-test"),
  });
  const { organizationId, providerId } = organization;
  const ids: string[] = [];
  for (const pauseReason of [null, "meta_190", "paused_by_operator"] as const) {
    const status = pauseReason === null ? "sending" : "paused";
    const { broadcastId } = await createTestBroadcast(owner, organization, {
      recipients: 0,
      status,
    });
    await owner
      .updateTable("whatsapp_broadcasts")
      .set({ pause_reason: pauseReason })
      .where("id", "=", broadcastId)
      .execute();
    ids.push(broadcastId);
  }
  const ctx = {
    db: api,
    organizationId,
    actor: { userId: null, apiKeyId: null, ipAddress: null },
    webhookUrl: "http://127.0.0.1/",
    graph,
    keyring,
  };
  const states = async () => {
    const rows = await owner
      .selectFrom("whatsapp_broadcasts")
      .where("id", "in", ids)
      .select(["id", "status", "pause_reason"])
      .execute();
    const byId = new Map(rows.map((row) => [row.id, row.pause_reason ?? row.status]));
    return ids.map((id) => byId.get(id));
  };
  return { check: () => checkProvider(ctx, providerId), states };
}

test("a check that finds the number newly RED pauses its marketing broadcasts", async () => {
  const { check, states } = await withBroadcasts();
  quality = "RED";
  expect(await check()).toMatchObject({ ok: true, provider: { qualityRating: "RED" } });
  // The broadcast that was paused for its token would have resumed otherwise.
  expect(await states()).toEqual(["quality_red", "quality_red", "paused_by_operator"]);
});

test("a check pauses no broadcasts when the number isn't RED or was RED before", async () => {
  const { check, states } = await withBroadcasts();
  quality = "YELLOW";
  await check();
  expect(await states()).toEqual(["sending", "sending", "paused_by_operator"]);
  quality = "RED";
  await check();
  await owner
    .updateTable("whatsapp_broadcasts")
    .set({ status: "sending", pause_reason: null })
    .where("pause_reason", "=", "quality_red")
    .execute();
  await check();
  expect(await states()).toEqual(["sending", "sending", "paused_by_operator"]);
});

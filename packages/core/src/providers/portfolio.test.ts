import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { createGraphClient } from "@loudhailer/whatsapp/graph-client.ts";
import { afterAll, expect, test } from "vitest";
import { checkProvider } from "./check-provider.ts";
import { connectProvider } from "./connect-provider.ts";

const { databaseUrl } = await useTestDatabase();
const owner = createDb(createPool({ connectionString: databaseUrl, max: 2 }));
const api = createDb(createPool({ connectionString: databaseUrl, role: "loudhailer_api" }));

/** Meta's answer to a request for the portfolio; null if it refuses. */
let portfolio: object | null = null;
const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://graph");
  const [, , id = ""] = pathname.split("/");
  const answer = () => {
    if (searchParams.get("fields") === "owner_business_info") {
      return (
        portfolio ?? { error: { code: 100, message: "(#100) Tried accessing nonexisting field" } }
      );
    }
    if (pathname.endsWith("/phone_numbers"))
      return { data: [{ id: id.replace("waba", "number") }] };
    if (pathname.endsWith("/debug_token")) return { data: { is_valid: true } };
    if (pathname.endsWith("/subscribed_apps")) return { success: true };
    return { id };
  };
  const body = answer();
  response.statusCode = "error" in body ? 400 : 200;
  response.end(JSON.stringify(body));
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

async function connect(name: string) {
  const { id: organizationId } = await owner
    .insertInto("organizations")
    .values({ name: "Test", slug: randomUUID() })
    .returning("id")
    .executeTakeFirstOrThrow();
  const ctx = {
    db: api,
    organizationId,
    actor: { userId: null, apiKeyId: null, ipAddress: null },
    webhookUrl: "http://127.0.0.1/",
    graph,
    keyring: { currentId: "test", keys: new Map([["test", Buffer.alloc(32, 1)]]) },
  };
  const { id } = await connectProvider(ctx, {
    phoneNumberId: `number-${name}`,
    wabaId: `waba-${name}`,
    accessToken: "token-of-the-test",
  });
  return { ctx, id };
}

async function portfolioOf(providerId: string): Promise<string | null> {
  const { portfolio_id: portfolioId } = await owner
    .selectFrom("whatsapp_providers")
    .where("id", "=", providerId)
    .select("portfolio_id")
    .executeTakeFirstOrThrow();
  return portfolioId;
}

test("a number's portfolio is stored when it is connected and updated by a check", async () => {
  portfolio = { owner_business_info: { id: "701" } };
  const { ctx, id } = await connect("told");
  expect(await portfolioOf(id)).toBe("701");
  portfolio = { owner_business_info: { id: "702" } };
  expect(await checkProvider(ctx, id)).toMatchObject({ ok: true });
  expect(await portfolioOf(id)).toBe("702");
});

test("a number is connected without a portfolio, and a check keeps one that Meta omits", async () => {
  portfolio = null;
  const { ctx, id } = await connect("untold");
  expect(await portfolioOf(id)).toBeNull();
  portfolio = { owner_business_info: { id: "703" } };
  await checkProvider(ctx, id);
  portfolio = { id: "waba" };
  expect(await checkProvider(ctx, id)).toMatchObject({ ok: true });
  expect(await portfolioOf(id)).toBe("703");
});

import { afterEach, expect, test } from "vitest";
import { createGraphClient, type GraphClient } from "./graph-client.ts";
import { GraphError, GraphUnavailableError } from "./graph-error.ts";
import { graphError, htmlPage } from "./testing/graph-answers.ts";
import { refusedUrl, startHttpServer } from "./testing/start-server.ts";

const closes: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0).toReversed()) await close();
});

const accessToken = "EAAtesttokentesttokentesttokentesttoken1";

interface Seen {
  method: string | undefined;
  url: URL;
}

function clientOf(baseUrl: string): GraphClient {
  const client = createGraphClient({ baseUrl, version: "v25.0", requestTimeoutMs: 5_000 });
  closes.push(() => client.close());
  return client;
}

async function graph(answer: (seen: Seen) => unknown, status = 200) {
  const requests: Seen[] = [];
  const server = await startHttpServer((request, response) => {
    const seen = { method: request.method, url: new URL(request.url ?? "", "http://graph") };
    requests.push(seen);
    const body = answer(seen);
    response.statusCode = status;
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  closes.push(() => server.close());
  return { client: clientOf(server.url), requests };
}

test("reads a phone number with all fields or with few", async () => {
  const { client } = await graph(({ url }) =>
    url.pathname === "/v25.0/1"
      ? {
          id: 1,
          display_phone_number: "+1 555-000-1111",
          verified_name: "Lucky Shrub",
          quality_rating: "GREEN",
          status: "CONNECTED",
          throughput: { level: "HIGH" },
          whatsapp_business_manager_messaging_limit: "TIER_250",
        }
      : { id: "2", throughput: null, messaging_limit_tier: "TIER_1K", status: 7 },
  );
  expect(await client.getPhoneNumber({ phoneNumberId: "1", accessToken })).toMatchObject({
    id: "1",
    displayPhoneNumber: "+1 555-000-1111",
    verifiedName: "Lucky Shrub",
    throughputLevel: "HIGH",
    messagingLimit: "TIER_250",
  });
  expect(await client.getPhoneNumber({ phoneNumberId: "2", accessToken })).toEqual({
    id: "2",
    displayPhoneNumber: null,
    verifiedName: null,
    qualityRating: null,
    status: null,
    codeVerificationStatus: null,
    nameStatus: null,
    platformType: null,
    throughputLevel: null,
    messagingLimit: "TIER_1K",
  });
});

test("reads a token and subscribes the app", async () => {
  const { client, requests } = await graph(({ url }) => {
    if (url.pathname.endsWith("/debug_token")) {
      return { data: { app_id: "9", is_valid: true, expires_at: 0, scopes: ["a"], type: "USER" } };
    }
    return { success: url.pathname.endsWith("/5/subscribed_apps") };
  });
  await client.subscribeApp({ wabaId: "5", accessToken });
  expect(requests.at(-1)).toMatchObject({ method: "POST" });
  expect(await client.debugToken({ accessToken })).toMatchObject({
    appId: "9",
    isValid: true,
    expiresAt: null,
    scopes: ["a"],
  });
  expect(requests.at(-1)?.url.searchParams.get("input_token")).toBe(accessToken);
});

test("reads the portfolio that owns a WABA, or null if Meta omits it", async () => {
  const answers = [
    { owner_business_info: { id: 7, name: "Shrubs" } },
    { id: "5" },
    { id: "5", owner_business_info: {} },
  ];
  const { client, requests } = await graph(() => answers.shift());
  expect(await client.getPortfolioId({ wabaId: "5", accessToken })).toBe("7");
  expect(requests[0]?.url.searchParams.get("fields")).toBe("owner_business_info");
  expect(await client.getPortfolioId({ wabaId: "5", accessToken })).toBeNull();
  expect(await client.getPortfolioId({ wabaId: "5", accessToken })).toBeNull();
});

test("reads templates page by page up to the last page and drops unreadable entries", async () => {
  const pages: Record<string, unknown> = {
    "": {
      data: [{ id: 1, name: "a", language: "en", status: "approved" }, { nonsense: true }],
      paging: { cursors: { after: "B=&" }, next: "https://graph/next" },
    },
    "B=&": {
      data: [
        {
          id: "2",
          name: "b",
          language: "en_US",
          category: "marketing",
          parameter_format: "named",
          quality_score: { score: "green" },
          components: [{ type: "NEW_KIND", of: "Meta" }],
        },
      ],
      paging: { cursors: { after: "never asked for" } },
    },
  };
  const { client, requests } = await graph(({ url }) => pages[url.searchParams.get("after") ?? ""]);
  const read: unknown[] = [];
  for await (const page of client.listTemplates({ wabaId: "5", accessToken, limit: 2 })) {
    read.push(page);
  }
  expect(read).toEqual([
    [expect.objectContaining({ id: "1", status: "APPROVED", components: [] })],
    [
      {
        id: "2",
        name: "b",
        language: "en_US",
        category: "MARKETING",
        status: null,
        parameterFormat: "NAMED",
        components: [{ type: "NEW_KIND", of: "Meta" }],
        qualityScore: "GREEN",
        rejectedReason: null,
      },
    ],
  ]);
  expect(requests.map(({ url }) => url.searchParams.get("limit"))).toEqual(["2", "2"]);
});

test("rejects a list whose cursor never moves", async () => {
  const { client } = await graph(() => ({
    data: [],
    paging: { cursors: { after: "same" }, next: "https://graph/next" },
  }));
  await expect(client.listPhoneNumbers({ wabaId: "5", accessToken })).rejects.toBeInstanceOf(
    GraphUnavailableError,
  );
});

test("rejects with a GraphError that omits the token when Meta refuses", async () => {
  const { client } = await graph(
    () => graphError(190, { message: `Malformed access token ${accessToken}` }),
    401,
  );
  const error: unknown = await client
    .getPortfolioId({ wabaId: "5", accessToken })
    .catch((e: unknown) => e);
  expect(error).toBeInstanceOf(GraphError);
  expect(error).toMatchObject({
    failure: { code: 190, httpStatus: 401, disposition: { kind: "pause-provider" } },
  });
  expect(JSON.stringify(error) + String(error)).not.toContain(accessToken);
});

test("rejects with GraphUnavailableError when Graph gives no usable answer", async () => {
  const refused = clientOf(await refusedUrl());
  const html = await graph(() => htmlPage, 502);
  const otherShape = await graph(() => ({ hello: "world" }));
  for (const client of [refused, html.client, otherShape.client]) {
    const error: unknown = await client.debugToken({ accessToken }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(GraphUnavailableError);
    expect(String(error)).not.toContain(accessToken);
  }
});

import { errorBody } from "@loudhailer/contracts/error-codes.ts";
import { createApiKey } from "@loudhailer/core/accounts/create-api-key.ts";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { createBroadcastBody } from "./testing/create-broadcast-body.ts";
import { readOpenApi } from "./testing/open-api.ts";
import { number, startTestApi } from "./testing/start-test-api.ts";
import { answers, createTestClient } from "./testing/test-client.ts";

const { url, publicUrl, databaseUrl, authDb, logged, newOrganization } = await startTestApi({
  limits: { jsonBytes: 20_000 },
});
const ownerDb = createDb(createPool({ connectionString: databaseUrl, max: 1 }));
afterAll(() => ownerDb.destroy());
const anonymous = createTestClient(url, null);
const first = await newOrganization();
const body = await createBroadcastBody(first.api);
const broadcast = (await first.api.post("/v1/broadcasts", body)).body;
const contact = (await first.api.post("/v1/contacts", { phone: "+4915123456789" })).body;
const openApi = readOpenApi((await anonymous.get("/openapi.json")).body);

test("every route answers 401 when the API key is missing, wrong or sent with another scheme", async () => {
  for (const { name, method, path } of openApi.operations) {
    const answer = await anonymous.send(path.replace("{id}", contact.id), { method });
    expect([name, answer.status]).toEqual([name, 401]);
    expect(answer.body.error.code).toBe("unauthenticated");
  }
  for (const authorization of ["Bearer lh_nonsense", `Basic ${first.apiKey}`, first.apiKey, ""]) {
    expect((await anonymous.get("/v1/contacts", { authorization })).status).toBe(401);
  }
});

async function clientWith(scope: "read" | "write") {
  const { organizationId } = first;
  const scopes = [scope];
  const apiKey = await createApiKey(authDb, {
    organizationId,
    name: scope,
    createdBy: null,
    scopes,
  });
  return createTestClient(url, apiKey);
}

test("a read-only key can't write, and a write-only key can't read", async () => {
  const [reader, writer] = [await clientWith("read"), await clientWith("write")];
  expect((await reader.get("/v1/broadcasts")).status).toBe(200);
  expect((await writer.get("/v1/broadcasts")).status).toBe(403);
  const refused = await reader.post("/v1/broadcasts", body);
  expect(refused.status).toBe(403);
  expect(refused.body.error).toMatchObject({ code: "forbidden", details: { scope: "write" } });
  expect((await writer.post("/v1/broadcasts", body)).status).toBe(201);
});

async function signIn(email: string, password: string): Promise<string> {
  const answer = await anonymous.post(
    "/api/auth/sign-in/email",
    { email, password },
    { origin: publicUrl },
  );
  expect(answer.status).toBe(200);
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}

test("a session works in its active organization and is refused when another site sends the request", async () => {
  const { email, password, organizationId } = await newOrganization();
  const cookie = await signIn(email, password);
  expect((await anonymous.get("/v1/contacts", { cookie })).status).toBe(200);

  const preview = { segmentCriteria: { combinator: "and", rules: [] } };
  const path = "/v1/audiences/preview";
  expect((await anonymous.post(path, preview, { cookie, origin: publicUrl })).status).toBe(200);
  expect((await anonymous.post(path, preview, { cookie, origin: url })).status).toBe(200);
  const foreign = await anonymous.post(path, preview, { cookie, origin: "https://evil.example" });
  expect(foreign.status).toBe(403);

  await authDb.deleteFrom("members").where("organization_id", "=", organizationId).execute();
  const removed = await anonymous.get("/v1/contacts", { cookie });
  expect(removed.status).toBe(403);
  expect(removed.body.error.message).toContain("organization");
});

test("Better Auth refuses a wrong password with its own error body", async () => {
  const wrong = { email: first.email, password: "another password" };
  const answer = await anonymous.post("/api/auth/sign-in/email", wrong, { origin: publicUrl });
  expect(answer.status).toBe(401);
  expect(answer.body).toMatchObject({ code: "INVALID_EMAIL_OR_PASSWORD" });
});

test("every refusal has the common error shape", async () => {
  const { api } = first;
  const json = { "content-type": "application/json" };
  const cases: [number, string, Promise<{ status: number; body: unknown; text: string }>][] = [
    [404, "not_found", api.get("/v1/nothing")],
    [404, "not_found", anonymous.get("/nothing")],
    [400, "invalid_input", anonymous.get("/v1/%zz")],
    [400, "invalid_input", anonymous.get(`/v1/contacts/${"x".repeat(300)}`)],
    [404, "not_found", api.get("/v1/broadcasts/not-an-id")],
    [400, "invalid_input", api.get("/v1/broadcasts?limit=201")],
    [400, "invalid_input", api.get("/v1/broadcasts?cursor=nonsense")],
    [400, "invalid_input", api.post("/v1/broadcasts", { name: "" })],
    [400, "invalid_input", api.post("/v1/broadcasts", { ...body, name: "nul \u0000" })],
    [
      400,
      "invalid_input",
      api.send("/v1/broadcasts", { method: "POST", body: "{", headers: json }),
    ],
    [400, "invalid_input", api.send("/v1/broadcasts", { method: "POST", headers: json })],
    [400, "invalid_input", api.send("/v1/broadcasts", { method: "POST", body: "x" })],
    [413, "payload_too_large", api.post("/v1/broadcasts", { name: "x".repeat(30_000) })],
  ];
  for (const [status, code, promise] of cases) {
    const answer = await promise;
    expect([answer.status, errorBody.parse(answer.body).error.code]).toEqual([status, code]);
    expect(answer.text).not.toMatch(/node_modules|\.ts:|FST_|select |insert /);
  }
});

test("invalid input is refused with every invalid field at once", async () => {
  const answer = await first.api.post("/v1/broadcasts", {
    providerId: "x",
    segmentCriteria: { combinator: "xor", rules: [] },
    variables: { body: { "1": { source: "media" } } },
    scheduledAt: "tomorrow",
  });
  const { fields } = answer.body.error.details;
  const required = fields.filter((field: { message: string }) => field.message === "is required");
  expect(required.map((field: { path: string }) => field.path).toSorted()).toEqual([
    "name",
    "templateId",
  ]);
  const paths = fields.map((field: { path: string }) => field.path);
  expect(paths.toSorted()).toEqual([
    "name",
    "providerId",
    "scheduledAt",
    "segmentCriteria",
    "templateId",
    "variables.body.1",
  ]);
});

test("an internal error is answered with a fixed sentence and logged", async () => {
  await sql`alter table whatsapp_templates rename to hidden_templates`.execute(ownerDb);
  const answer = await first.api.get("/v1/templates");
  await sql`alter table hidden_templates rename to whatsapp_templates`.execute(ownerDb);
  expect(answer.status).toBe(500);
  expect(answer.body.error.code).toBe("internal");
  expect(answer.text).not.toContain("whatsapp_templates");
  expect(logged()).toContain(answer.body.error.details.requestId);
});

test("health and metrics routes need no API key", async () => {
  expect((await anonymous.get("/healthz")).status).toBe(200);
  expect((await anonymous.get("/readyz")).body).toEqual({
    status: "ready",
    checks: { database: "ok", queue: "ok" },
  });
  await first.api.get(`/v1/broadcasts/${broadcast.id}`);
  const metrics = (await anonymous.get("/metrics")).text;
  expect(metrics).toContain('route="/v1/broadcasts/:id"');
  expect(metrics).not.toContain(broadcast.id);
});

const schemaOf = (answer: { content: Record<string, { schema: object }> }) =>
  answer.content["application/json"]?.schema;

test("the OpenAPI document describes bodies, responses and refusals by named schemas", async () => {
  const { paths, components } = openApi.document;
  const upload = paths["/v1/contact-imports"].post.requestBody.content;
  expect(upload["multipart/form-data"].schema.properties.file).toMatchObject({ format: "binary" });
  const launch = paths["/v1/broadcasts/{id}/launch"].post.responses;
  expect(schemaOf(launch["202"])).toEqual({ $ref: "#/components/schemas/Broadcast" });
  expect(schemaOf(launch["409"])).toEqual({ $ref: "#/components/schemas/Error" });
  expect(components.schemas.Broadcast.properties).toHaveProperty("pendingCount");
});

test("the reference page loads its script from this server and may connect to no other host", async () => {
  const page = await anonymous.get("/docs/");
  expect(page.status).toBe(200);
  expect(page.headers.get("content-security-policy")).toContain("connect-src 'self'");
  const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]);
  expect(sources).toEqual(["js/scalar.js"]);
  expect((await anonymous.get("/docs/js/scalar.js")).status).toBe(200);
});

test("no response or log line contains a secret", async () => {
  const exposed = logged() + answers.join("\n");
  for (const secret of [number.accessToken, number.appSecret, first.apiKey, first.password]) {
    expect(exposed).not.toContain(secret);
  }
  expect(logged()).not.toMatch(/\+4915|@example\.com/);
});

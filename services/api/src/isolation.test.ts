import { errorBody } from "@loudhailer/contracts/error-codes.ts";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { withTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { buildWorld } from "./testing/build-world.ts";
import { readOpenApi, type Operation } from "./testing/open-api.ts";
import { startTestApi } from "./testing/start-test-api.ts";
import { createTestClient, type TestAnswer, type TestClient } from "./testing/test-client.ts";

const { url, simulator, databaseUrl, db, newOrganization } = await startTestApi();
const owner = createDb(createPool({ connectionString: databaseUrl, max: 1 }));
afterAll(() => owner.destroy());
const openApi = readOpenApi((await createTestClient(url, null).get("/openapi.json")).body);
const first = await newOrganization();
const second = await newOrganization();
const add = (number: object) => simulator.addNumber(number);
const mine = await buildWorld(first.api, add, "quokka");
const theirs = await buildWorld(second.api, add, "wombat");

const owned = openApi.operations.filter(({ path }) => path.includes("{"));
const whole = openApi.operations.filter(({ path }) => !path.includes("{"));

function exampleOf({ body }: Operation): { body?: string; headers?: Record<string, string> } {
  const content = body["application/json"];
  if (content === undefined) return {};
  const [example = {}] = openApi.examplesOf(content);
  return { body: JSON.stringify(example), headers: { "content-type": "application/json" } };
}

function call(api: TestClient, operation: Operation, id = ""): Promise<TestAnswer> {
  const { method, path } = operation;
  return api.send(path.replace("{id}", id), { method, ...exampleOf(operation) });
}

function idFor({ path }: Operation): string {
  const [collection = ""] = path.split("/{");
  const id = mine.ids[collection];
  if (id === undefined) throw new Error(`the world has none of ${collection}`);
  return id;
}

/** Returns the organization's rows as text, except API keys, idempotency keys and the audit log. */
async function tablesOf(organizationId: string): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    select c.table_name as name from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where table_schema = 'public' and column_name = 'organization_id' and table_type = 'BASE TABLE'
      and table_name not in ('idempotency_keys', 'api_keys', 'audit_log')
    order by 1
  `.execute(owner);
  const tables: string[] = [];
  for (const { name } of rows) {
    const found = await sql<{ all: string | null }>`
      select string_agg(to_jsonb(t)::text, ',' order by to_jsonb(t)::text) as all
      from ${sql.table(name)} t where organization_id = ${organizationId}
    `.execute(owner);
    tables.push(`${name}: ${found.rows[0]?.all ?? ""}`);
  }
  return tables.join("\n");
}

test("every route answers 404 for another organization's id and changes nothing of it", async () => {
  const before = await tablesOf(first.organizationId);
  expect(before).toContain("quokka");
  expect(owned.length).toBeGreaterThan(40);
  for (const operation of owned) {
    const answer = await call(second.api, operation, idFor(operation));
    expect([operation.name, answer.status]).toEqual([operation.name, 404]);
    expect(errorBody.parse(answer.body).error.code).toBe("not_found");
    expect(answer.text).not.toContain("quokka");
  }
  expect(await tablesOf(first.organizationId)).toBe(before);
});

test("no list, count or export contains data of another organization", async () => {
  for (const operation of whole.filter(({ method }) => method === "GET")) {
    for (const query of ["", "?limit=200&search=quokka", "?tag=quokka", "?search=Ann"]) {
      const { path } = operation;
      const answer = await second.api.get(path + query);
      expect([path + query, answer.text]).toEqual([
        path + query,
        expect.not.stringContaining("quokka"),
      ]);
    }
  }
  expect((await first.api.get("/v1/contacts?search=quokka")).text).toContain("quokka");
});

test("a body with another organization's id is refused with 400 or 404 and changes nothing", async () => {
  const before = await tablesOf(first.organizationId);
  const { ids } = mine;
  const provider = ids["/v1/whatsapp-providers"] ?? "";
  const contact = ids["/v1/contacts"] ?? "";
  const broadcast = ids["/v1/broadcasts"] ?? "";
  const everyone = { combinator: "and", rules: [] };
  const reached = {
    combinator: "and",
    rules: [{ field: "broadcast.sent", operator: "in", value: broadcast }],
  };
  const own = theirs.ids;
  const bodies: [path: string, body: object][] = [
    ["/v1/templates/sync", { providerId: provider }],
    ["/v1/broadcasts", { ...theirs.broadcast, providerId: provider }],
    ["/v1/broadcasts", { ...theirs.broadcast, templateId: mine.approvedTemplateId }],
    ["/v1/broadcasts", { draft: true, name: "x", providerId: provider }],
    ["/v1/broadcasts", { draft: true, name: "x", templateId: mine.approvedTemplateId }],
    ["/v1/broadcasts", { ...theirs.broadcast, segmentCriteria: reached }],
    ["/v1/audiences/preview", { segmentCriteria: reached }],
    ["/v1/segments", { name: "x", segmentCriteria: reached }],
    ["/v1/contact-jobs", { segmentCriteria: reached, action: { addTags: ["x"] } }],
    [`/v1/contacts/${own["/v1/contacts"]}/merge`, { fromId: contact }],
    [`/v1/broadcasts/${own["/v1/broadcasts"]}/test`, { to: "+4915111111111", contactId: contact }],
    [`/v1/templates/${own["/v1/templates"]}/preview`, { contactId: contact }],
    [
      "/v1/templates",
      {
        providerId: provider,
        name: "x",
        language: "en",
        category: "UTILITY",
        components: [{ type: "BODY", text: "x" }],
      },
    ],
  ];
  for (const [path, body] of bodies) {
    const answer = await second.api.post(path, body);
    expect([path, answer.status, answer.text]).toEqual([
      path,
      expect.toSatisfy((status) => status === 400 || status === 404),
      expect.not.stringContaining("quokka"),
    ]);
  }
  const audience = await second.api.post("/v1/audiences/preview", { segmentCriteria: everyone });
  expect(audience.body.count).toBe(3);
  expect(await tablesOf(first.organizationId)).toBe(before);
});

test("a query without an organization filter finds no other organization's rows in any table or view", async () => {
  const { rows: tables } = await sql<{ name: string }>`
    with tables as materialized (
      select table_name as name from information_schema.columns
      where table_schema = 'public' and column_name = 'organization_id'
    )
    select name from tables
    where has_table_privilege('loudhailer_api', format('%I', name), 'select')
  `.execute(owner);
  expect(tables.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["contacts", "tenant_contacts", "whatsapp_broadcasts", "media"]),
  );
  for (const { name } of tables) {
    const { rows } = await withTenant(db, second.organizationId, (trx) =>
      sql<{ all: string | null; foreign: number }>`
        select string_agg(to_jsonb(t)::text, ',') as all,
          count(*) filter (where organization_id is distinct from ${second.organizationId})::int as foreign
        from ${sql.table(name)} t
      `.execute(trx),
    );
    expect([name, rows[0]?.foreign]).toEqual([name, 0]);
    expect([name, rows[0]?.all ?? ""]).toEqual([name, expect.not.stringContaining("quokka")]);
    const unbound = await sql`select 1 from ${sql.table(name)} limit 1`.execute(db);
    expect([name, unbound.rows]).toEqual([name, []]);
  }
});

test("a write without an organization filter changes no other organization's rows", async () => {
  const before = await tablesOf(first.organizationId);
  await withTenant(db, second.organizationId, async (trx) => {
    await trx.updateTable("contacts").set({ name: "stolen" }).execute();
    await trx.updateTable("whatsapp_broadcasts").set({ name: "stolen" }).execute();
    await trx.deleteFrom("segments").execute();
    await trx.deleteFrom("media").execute();
  });
  expect(await tablesOf(first.organizationId)).toBe(before);
});

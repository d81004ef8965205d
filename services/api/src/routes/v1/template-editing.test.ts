import { eventually } from "@loudhailer/testing/eventually.ts";
import { afterEach, expect, test } from "vitest";
import { createBroadcastBody } from "../../testing/create-broadcast-body.ts";
import { number, startTestApi } from "../../testing/start-test-api.ts";
import { createTestClient } from "../../testing/test-client.ts";

const { simulator, engineDb, newOrganization } = await startTestApi();
const { api, organizationId } = await newOrganization();
const body = await createBroadcastBody(api);
const meta = createTestClient(simulator.url, number.accessToken);
const path = "/v1/templates";

afterEach(() => meta.post("/_control", { tokenExpired: false }));

let names = 0;
function draft(changes: object = {}) {
  names += 1;
  return {
    providerId: body.providerId,
    name: `made_${names}`,
    language: "en_US",
    category: "MARKETING",
    components: [
      {
        type: "BODY",
        text: "Hello {{1}}, the sale has begun.",
        example: { body_text: [["Ann"]] },
      },
    ],
    ...changes,
  };
}

const auditOf = (targetId: string) =>
  engineDb
    .selectFrom("audit_log")
    .select("action")
    .where("organization_id", "=", organizationId)
    .where("target_id", "=", targetId)
    .orderBy("created_at")
    .execute();

function png(bytes = 64): Blob {
  return new Blob([new Uint8Array(bytes)], { type: "image/png" });
}

function form(file: Blob, fields: Record<string, string> = { providerId: body.providerId }) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  data.append("file", file, "spring.png");
  return { method: "POST", body: data };
}

test("a new template is submitted to Meta, stored as Meta has it, and created once per key", async () => {
  const input = draft();
  const headers = { "idempotency-key": "made-once" };
  const created = await api.post(path, input, headers);
  expect([created.status, created.body]).toMatchObject([
    201,
    {
      name: input.name,
      category: "MARKETING",
      status: expect.stringMatching(/^(PENDING|APPROVED)$/),
      slots: [{ path: "body.1", example: "Ann", limits: { lengthMax: expect.any(Number) } }],
    },
  ]);
  expect((await api.post(path, input, headers)).body).toEqual(created.body);
  await api.post(`${path}/sync`, {});
  expect((await api.get(`${path}/${created.body.id}`)).body.status).toBe("APPROVED");
  const again = await api.post(path, input);
  expect([again.status, again.body.error.details]).toEqual([409, { templateId: created.body.id }]);
  expect(await auditOf(created.body.id)).toEqual([{ action: "template.created" }]);
});

test("a template that breaks Meta's rules is refused by component and never submitted", async () => {
  const wrong = draft({
    components: [
      { type: "HEADER", format: "IMAGE" },
      { type: "BODY", text: "{{1}} begins" },
      { type: "FOOTER", text: "x".repeat(61) },
    ],
  });
  const refused = await api.post(path, wrong);
  expect([refused.status, refused.body.error.details.fields]).toMatchObject([
    400,
    [
      { path: "components.0.example.header_handle" },
      { path: "components.1.text" },
      { path: "components.1.example.body_text" },
      { path: "components.2.text" },
    ],
  ]);
  const shapeless = await api.post(path, { name: "Not Good", category: "SPAM", components: "x" });
  expect([shapeless.status, shapeless.body.error.details.fields.map(pathOf)]).toEqual([
    400,
    expect.arrayContaining(["providerId", "name", "language", "category", "components"]),
  ]);
  const deep = `{"type":"BODY","x":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  const { components: _, ...rest } = draft();
  const nested = await api.send(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: `${JSON.stringify(rest).slice(0, -1)},"components":[${deep}]}`,
  });
  expect([nested.status, nested.body.error.details.fields[0].path]).toEqual([400, "components"]);
  expect(await api.get(`${path}?search=${wrong.name}`)).toMatchObject({ body: { items: [] } });
});

const pathOf = (field: { path: string }) => field.path;

test("a template that Meta refuses is answered with Meta's message and not stored", async () => {
  const taken = draft();
  await meta.post(`/v25.0/${number.wabaId}/message_templates`, taken);
  const refused = await api.post(path, taken);
  expect([refused.status, refused.body.error]).toMatchObject([
    422,
    {
      code: "refused_by_meta",
      message: expect.stringContaining("already content in this language"),
      details: {
        metaCode: 100,
        metaUserTitle: "Content in this language already exists",
        metaUserMessage: expect.any(String),
      },
    },
  ]);
  expect((await api.get(`${path}?search=${taken.name}`)).body.items).toEqual([]);
});

test("an approved template is edited and reviewed again, but not while a broadcast uses it", async () => {
  const created = await api.post(path, draft());
  const one = `${path}/${created.body.id}`;
  await eventually(async () => {
    await api.post(`${path}/sync`, {});
    expect((await api.get(one)).body.status).toBe("APPROVED");
  });
  const components = [{ type: "BODY", text: "The sale has ended." }];
  const edited = await api.patch(one, { components });
  expect([edited.status, edited.body]).toMatchObject([200, { slots: [], components }]);
  expect((await api.patch(one, { components: [{ type: "FOOTER", text: "x" }] })).status).toBe(400);
  expect((await api.patch(one, {})).status).toBe(400);
  expect(await auditOf(created.body.id)).toEqual([
    { action: "template.created" },
    { action: "template.updated" },
  ]);

  const scheduled = await api.post("/v1/broadcasts", {
    ...body,
    scheduledAt: "2100-01-01T00:00:00Z",
  });
  expect(scheduled.status).toBe(201);
  const inUse = `${path}/${body.templateId}`;
  for (const refused of [await api.patch(inUse, { components }), await api.delete(inUse)]) {
    expect([refused.status, refused.body.error.details]).toEqual([
      409,
      { broadcasts: [{ id: scheduled.body.id, status: "scheduled" }] },
    ]);
  }
  await api.delete(`/v1/broadcasts/${scheduled.body.id}`);
});

test("a deleted template is removed at Meta and stays here, marked as removed", async () => {
  const input = draft();
  const created = await api.post(path, input);
  const one = `${path}/${created.body.id}`;
  expect((await api.delete(one)).status).toBe(204);
  const atMeta = await meta.get(
    `/v25.0/${number.wabaId}/message_templates?name=${input.name}&fields=id`,
  );
  expect(atMeta.body.data).toEqual([]);
  expect((await api.get(one)).body.removedAt).toEqual(expect.any(String));
  expect((await api.delete(one)).status).toBe(409);
  expect((await api.patch(one, { category: "UTILITY" })).status).toBe(409);
  const foreign = await newOrganization();
  expect((await foreign.api.delete(one)).status).toBe(404);
});

test("an uploaded image becomes a header's sample by Meta's handle", async () => {
  const uploaded = await api.send("/v1/template-media", form(png(3_000_000)));
  expect([uploaded.status, uploaded.body]).toEqual([
    200,
    {
      handle: expect.stringMatching(/^4::/),
      type: "image",
      mimeType: "image/png",
      sizeBytes: 3_000_000,
    },
  ]);
  const header = {
    type: "HEADER",
    format: "IMAGE",
    example: { header_handle: [uploaded.body.handle] },
  };
  const { components, ...rest } = draft();
  const made = await api.post(path, { ...rest, components: [header, ...components] });
  expect([made.status, made.body.slots[0]]).toMatchObject([
    201,
    { path: "header.1", type: "image" },
  ]);

  const wrong = { ...header, example: { header_handle: ["4::made-up"] } };
  const refused = await api.post(path, draft({ components: [wrong, ...components] }));
  expect([refused.status, refused.body.error.details.metaUserTitle]).toEqual([
    422,
    "Invalid media handle",
  ]);
  for (const bad of [
    form(new Blob(["x"], { type: "text/html" })),
    form(png(0)),
    form(png(5 * 1024 * 1024 + 1)),
    form(png(), { providerId: "nonsense", odd: "1" }),
    form(png(), { providerId: "00000000-0000-4000-8000-000000000000" }),
  ]) {
    const answer = await api.send("/v1/template-media", bad);
    expect([answer.status, answer.body.error.details.fields]).toEqual([400, expect.anything()]);
  }
});

test("a preview shows filled variables, samples for the others, and which are missing", async () => {
  const ada = await api.post("/v1/contacts", { phone: "+4915123456001", name: "Ada" });
  const preview = `${path}/${body.templateId}/preview`;
  const empty = await api.post(preview, {});
  expect([empty.status, empty.body]).toMatchObject([
    200,
    {
      preview: { body: expect.any(String), buttons: [] },
      problems: [
        { path: "variables.body.first_name", problem: "missing" },
        { path: "variables.body.order_number", problem: "missing" },
      ],
    },
  ]);
  const filled = await api.post(preview, { variables: body.variables, contactId: ada.body.id });
  expect(filled.body).toMatchObject({
    preview: { body: expect.stringMatching(/Ada.*860198/s) },
    problems: [],
  });
  const withoutContact = await api.post(preview, { variables: body.variables });
  expect(withoutContact.body.preview.body).toContain("you");
  const foreign = await newOrganization();
  expect((await foreign.api.post(preview, {})).status).toBe(404);
  const other = await foreign.api.post("/v1/contacts", { phone: "+4915123456002", name: "Bob" });
  const stolen = await api.post(preview, { contactId: other.body.id });
  expect([stolen.status, stolen.body.error.details.fields]).toMatchObject([
    400,
    [{ path: "contactId" }],
  ]);
});

test("every request that changes templates or media is refused by Meta when the token has expired", async () => {
  await meta.post("/_control", { tokenExpired: true });
  for (const refused of [
    await api.post(path, draft()),
    await api.delete(`${path}/${body.templateId}`),
    await api.send("/v1/template-media", form(png())),
    await api.send("/v1/media", form(png())),
  ]) {
    expect([refused.status, refused.body.error.details]).toMatchObject([422, { metaCode: 190 }]);
  }
});

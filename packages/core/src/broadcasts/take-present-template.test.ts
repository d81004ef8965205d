import { withTenant } from "@loudhailer/db/tenant.ts";
import type { TestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { compileTemplate } from "@loudhailer/whatsapp/compile-template.ts";
import type { TemplateVariables } from "@loudhailer/whatsapp/template-variables.ts";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { freezeSlice } from "../engine/freeze-slice.ts";
import { retryNextSlices } from "../engine/retry-slices.ts";
import { pauseForEdit } from "../pauses/pause-for-edit.ts";
import { adjustBroadcasts } from "../providers/adjust-broadcasts.ts";
import { addContacts } from "../testing/add-contacts.ts";
import { useControl } from "../testing/test-control.ts";
import { getBroadcast } from "./get-broadcast.ts";
import { pauseBroadcast } from "./pause-broadcast.ts";
import { resumeBroadcast } from "./resume-broadcast.ts";
import { retryFailed } from "./retry-failed.ts";

const control = await useControl();
const { engine, owner } = control;

const body = (text: string) => ({ type: "BODY", text });
const image = { type: "HEADER", format: "IMAGE" };
const linkTo = (url: string) => ({
  type: "BUTTONS",
  buttons: [{ type: "URL", text: "Shop", url }],
});
const field = (name: string) => ({ source: "field", field: name }) as const;

const launched = [image, body("Hi {{1}}, call {{2}}."), linkTo("https://shop.example/{{1}}")];
const variables: TemplateVariables = {
  header: { 1: { source: "media", link: "https://cdn.example/i.jpg" } },
  body: { 1: field("name"), 2: field("attributes.code") },
  buttons: { 0: { 1: field("attributes.code") } },
};
/** Values of a recipient frozen at the launch: name, then code. */
const frozenValues = ["Ada", "C7"];

interface World {
  variables?: TemplateVariables;
  components?: object[];
}

/** Creates a sending broadcast of the launched version with one recipient frozen. */
async function sending(world: World = {}) {
  const { organization, ctx } = await control.newOrganization();
  const id = await control.newBroadcast(organization, "sending", { sent: 1, pending: 1 });
  const components = world.components ?? launched;
  await control.setBroadcast(id, {
    variables: JSON.stringify(world.variables ?? variables),
    template_snapshot: JSON.stringify({
      name: "parcel_update",
      language: "en_US",
      parameterFormat: "POSITIONAL",
      components,
    }),
  });
  await setComponents(organization, components);
  await owner
    .updateTable("whatsapp_broadcast_recipients")
    .where("broadcast_id", "=", id)
    .set({ variables: JSON.stringify(frozenValues) })
    .execute();
  return { organization, ctx, id };
}

function setComponents({ templateId }: TestOrganization, components: object[], more: object = {}) {
  return owner
    .updateTable("whatsapp_templates")
    .where("id", "=", templateId)
    .set({ components: JSON.stringify(components), ...more })
    .execute();
}

/** Edits the template as a sync or a webhook does; returns the number of broadcasts paused. */
async function edit(organization: TestOrganization, components: object[], more: object = {}) {
  await setComponents(organization, components, more);
  const { organizationId, templateId } = organization;
  return pauseForEdit(engine.engineDb, organizationId, [templateId]);
}

/** Returns the parameters that a recipient frozen with `values` gets now, in Meta's order. */
async function parametersFor(id: string, values: (string | null)[] = frozenValues) {
  const row = await owner
    .selectFrom("whatsapp_broadcasts")
    .where("id", "=", id)
    .select(["template_snapshot", "variables"])
    .executeTakeFirstOrThrow();
  if (!row.template_snapshot) throw new Error("the broadcast has no snapshot");
  const { render } = compileTemplate(row.template_snapshot, row.variables);
  const message: Message = JSON.parse(render({ to: "+15550001111", values, callbackData: "r1" }));
  return (message.template.components ?? []).flatMap(({ type, parameters }) =>
    parameters.map(
      (parameter) => `${type} ${parameter.parameter_name ?? parameter.text ?? parameter.type}`,
    ),
  );
}

interface Message {
  template: {
    components?: {
      type: string;
      parameters: { type: string; text?: string; parameter_name?: string }[];
    }[];
  };
}

const stillFits: [string, object[], string[]][] = [
  [
    "whose text alone changed",
    [image, body("Hello {{1}}! Call {{2}}."), launched[2] ?? {}],
    ["header image", "body Ada", "body C7", "button C7"],
  ],
  [
    "that lost its first field",
    [image, body("Call {{2}}."), launched[2] ?? {}],
    ["header image", "body C7", "button C7"],
  ],
  ["that lost all but the code", [linkTo("https://shop.example/{{1}}")], ["button C7"]],
  ["that lost all variables", [body("Bye.")], []],
  [
    "whose variables were reordered",
    [image, body("{{2}} is for {{1}}."), launched[2] ?? {}],
    ["header image", "body Ada", "body C7", "button C7"],
  ],
  [
    "that names the code before the name",
    [linkTo("https://shop.example/{{1}}"), body("{{1}}")],
    ["body Ada", "button C7"],
  ],
];

test.each(stillFits)(
  "a template %s pauses its broadcast, and a resume sends it with the frozen values",
  async (_edit, components, parameters) => {
    const { organization, ctx, id } = await sending();
    expect(await edit(organization, components)).toBe(1);
    expect(await getBroadcast(ctx, id)).toMatchObject({
      status: "paused",
      pauseReason: "template_edited",
      pauseMessage: expect.stringContaining("edited at Meta"),
    });
    expect(await resumeBroadcast(ctx, id)).toMatchObject({ status: "sending", pauseReason: null });
    expect(await parametersFor(id)).toEqual(parameters);
    expect(await edit(organization, components)).toBe(0);
  },
);

const noLongerFits: [string, object[], string[]][] = [
  [
    "added a variable",
    [image, body("Hi {{1}}, {{2}}, {{3}}"), launched[2] ?? {}],
    ["variables.body.3"],
  ],
  [
    "put a link's variable on another button",
    [
      image,
      body("Hi {{1}}"),
      {
        type: "BUTTONS",
        buttons: [
          { type: "PHONE_NUMBER", text: "Call" },
          { type: "URL", text: "Shop", url: "https://shop.example/{{1}}" },
        ],
      },
    ],
    ["variables.buttons.1.1"],
  ],
  [
    "names its variables",
    [image, body("Hi {{first_name}}, call {{code}}."), launched[2] ?? {}],
    ["variables.body.first_name", "variables.body.code"],
  ],
  [
    "asks for a location",
    [{ type: "HEADER", format: "LOCATION" }, ...launched.slice(1)],
    ["variables.header.1"],
  ],
  [
    "asks for a text in the header",
    [{ type: "HEADER", format: "TEXT", text: "{{1}}" }, ...launched.slice(1)],
    ["variables.header.1"],
  ],
];

test.each(noLongerFits)(
  "a resume of a broadcast whose template now %s is refused with the slots and changes nothing",
  async (_edit, components, paths) => {
    const { organization, ctx, id } = await sending();
    const before = await parametersFor(id);
    expect(await edit(organization, components)).toBe(1);
    await expect(resumeBroadcast(ctx, id)).rejects.toMatchObject({
      code: "broadcast_not_sendable",
      message: expect.stringMatching(/edited at Meta.*new one for the remaining recipients/),
      details: { status: "paused", fields: paths.map((path) => expect.objectContaining({ path })) },
    });
    expect((await getBroadcast(ctx, id)).pauseReason).toBe("template_edited");
    expect(await parametersFor(id)).toEqual(before);
  },
);

test("a link that got a variable without a value is refused", async () => {
  const { organization, ctx, id } = await sending({
    variables: { body: { 1: field("name") } },
    components: [body("Hi {{1}}"), linkTo("https://shop.example/")],
  });
  expect(await edit(organization, [body("Hi {{1}}"), linkTo("https://shop.example/{{1}}")])).toBe(
    1,
  );
  await expect(resumeBroadcast(ctx, id)).rejects.toMatchObject({
    message: expect.stringContaining("variables.buttons.0.1"),
  });
});

test("a variable that comes back with its value is sent, one of a field that wasn't frozen is refused", async () => {
  const { organization, ctx, id } = await sending();
  await edit(organization, [body("Hi {{1}}")]);
  await resumeBroadcast(ctx, id);
  expect(await parametersFor(id)).toEqual(["body Ada"]);
  await edit(organization, [body("{{2}}, {{1}}")]);
  await resumeBroadcast(ctx, id);
  expect(await parametersFor(id)).toEqual(["body Ada", "body C7"]);

  const mapped = { body: { ...variables.body, 3: field("email") } };
  await control.setBroadcast(id, { variables: JSON.stringify(mapped) });
  await edit(organization, [body("{{2}}, {{1}}, {{3}}")]);
  await expect(resumeBroadcast(ctx, id)).rejects.toMatchObject({
    details: { fields: [{ path: "variables.body.3", problem: "unknown_field" }] },
  });
});

test.each([
  ["a sample changed", [{ ...image, example: { header_handle: ["https://cdn.example/2"] } }]],
  ["a type is spelled in lower case", [{ type: "header", format: "image" }]],
  ["an empty value is given", [{ ...image, text: null }]],
])("a broadcast continues when %s in its template", async (_edit, header) => {
  const { organization, ctx, id } = await sending();
  expect(await edit(organization, [...header, ...launched.slice(1)])).toBe(0);
  expect((await getBroadcast(ctx, id)).status).toBe("sending");
});

test.each(["text", "footer", "link", "button text"])("a changed %s alone pauses", async (part) => {
  const { organization } = await sending({
    components: [body("Hi"), linkTo("https://a.example")],
    variables: {},
  });
  const edits: Record<string, object[]> = {
    text: [body("Bye"), linkTo("https://a.example")],
    footer: [body("Hi"), { type: "FOOTER", text: "Reply STOP" }, linkTo("https://a.example")],
    link: [body("Hi"), linkTo("https://b.example")],
    "button text": [
      body("Hi"),
      { type: "BUTTONS", buttons: [{ type: "URL", text: "Buy", url: "https://a.example" }] },
    ],
  };
  expect(await edit(organization, edits[part] ?? [])).toBe(1);
});

test.each([
  ["PENDING", "en_US"],
  ["REJECTED", "en_US"],
])("a resume is refused while the edited template is %s", async (status) => {
  const { organization, ctx, id } = await sending();
  expect(await edit(organization, [body("Bye.")], { status })).toBe(1);
  await expect(resumeBroadcast(ctx, id)).rejects.toMatchObject({ code: "template_not_approved" });
});

test("a resume after another pause takes the present version too", async () => {
  const { organization, ctx, id } = await sending();
  await pauseBroadcast(ctx, id);
  expect(await edit(organization, [body("Call {{2}}.")])).toBe(0);
  expect((await getBroadcast(ctx, id)).pauseReason).toBe("paused_by_operator");
  await resumeBroadcast(ctx, id);
  expect(await parametersFor(id)).toEqual(["body C7"]);
});

test("a slice frozen after the resume stores its values in the launch's order", async () => {
  const { organization, ctx, id } = await sending();
  await edit(organization, [body("{{2}}"), linkTo("https://shop.example/{{1}}")]);
  await resumeBroadcast(ctx, id);
  await addContacts(owner, organization, 1);
  await sql`update contacts set name = 'Bob', attributes = '{"code": "C8"}'
    where organization_id = ${organization.organizationId}`.execute(owner);
  await engine.engineDb.transaction().execute(async (trx) => {
    const source = await trx
      .selectFrom("whatsapp_broadcasts")
      .where("id", "=", id)
      .selectAll()
      .executeTakeFirstOrThrow();
    await freezeSlice(trx, source, 10);
  });
  const { variables: values } = await owner
    .selectFrom("whatsapp_broadcast_recipients")
    .where("broadcast_id", "=", id)
    .where("contact_id", "is not", null)
    .select("variables")
    .executeTakeFirstOrThrow();
  expect(values).toEqual(["Bob", "C8"]);
  expect(await parametersFor(id, ["Bob", "C8"])).toEqual(["body C8", "button C8"]);
});

test("an edit and a resume at once never leave a broadcast sending the former version", async () => {
  for (let round = 0; round < 10; round++) {
    const { organization, ctx, id } = await sending();
    await pauseBroadcast(ctx, id);
    const { organizationId, templateId } = organization;
    await Promise.all([
      resumeBroadcast(ctx, id),
      engine.engineDb.transaction().execute(async (trx) => {
        await trx
          .updateTable("whatsapp_templates")
          .where("id", "=", templateId)
          .set({ components: JSON.stringify([body(`Bye ${round}`)]) })
          .execute();
        await pauseForEdit(trx, organizationId, [templateId]);
      }),
    ]);
    const { status } = await getBroadcast(ctx, id);
    const sent = await parametersFor(id);
    expect(status === "paused" || sent.length === 0).toBe(true);
  }
});

test("a new token leaves a broadcast paused whose template was edited meanwhile, and says so", async () => {
  const { organization, ctx, id } = await sending();
  const unedited = await control.newBroadcast(organization, "paused", { pending: 1 });
  const { template_snapshot: snapshot } = await owner
    .selectFrom("whatsapp_broadcasts")
    .where("id", "=", id)
    .select("template_snapshot")
    .executeTakeFirstOrThrow();
  await control.setBroadcast(id, { status: "paused", pause_reason: "meta_190" });
  await edit(organization, [body("Bye.")]);
  await control.setBroadcast(unedited, {
    pause_reason: "meta_190",
    template_snapshot: JSON.stringify({ ...snapshot, components: [body("Bye.")] }),
  });
  const number = await owner
    .selectFrom("whatsapp_providers")
    .where("id", "=", organization.providerId)
    .selectAll()
    .executeTakeFirstOrThrow();
  await withTenant(ctx.db, ctx.organizationId, (trx) => adjustBroadcasts(trx, number, number));
  expect(await getBroadcast(ctx, id)).toMatchObject({
    status: "paused",
    pauseReason: "template_edited",
  });
  expect((await getBroadcast(ctx, unedited)).status).toBe("sending");
});

/** Creates a completed broadcast with one failed recipient, and then edits its template. */
async function ended(components: object[]) {
  const world = await sending();
  await owner
    .updateTable("whatsapp_broadcast_recipients")
    .where("broadcast_id", "=", world.id)
    .where("status", "=", "pending")
    .set({ status: "failed", error_code: "131026", failed_at: new Date(), attempts: 1 })
    .execute();
  await control.setBroadcast(world.id, {
    status: "completed",
    completed_at: new Date(),
    failed_sends: 1,
  });
  expect(await edit(world.organization, components)).toBe(0);
  return world;
}

describe("a retry of an ended broadcast whose template was edited meanwhile", () => {
  test("sends the present version if the variables fit", async () => {
    const { ctx, id } = await ended([body("New: {{2}}")]);
    expect(await retryFailed(ctx, id)).toMatchObject({ status: "sending" });
    while (await retryNextSlices(engine));
    expect(await getBroadcast(ctx, id)).toMatchObject({ status: "sending", pendingCount: 1 });
    expect(await parametersFor(id)).toEqual(["body C7"]);
  });

  test("is refused and changes nothing if they don't", async () => {
    const { ctx, id } = await ended([body("New: {{1}} {{2}} {{3}}")]);
    const before = await getBroadcast(ctx, id);
    await expect(retryFailed(ctx, id)).rejects.toMatchObject({
      code: "broadcast_not_sendable",
      message: expect.stringContaining("body.3"),
    });
    expect(await getBroadcast(ctx, id)).toEqual(before);
  });
});

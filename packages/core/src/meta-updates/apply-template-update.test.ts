import { randomUUID } from "node:crypto";
import { testTemplate, type TestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import * as values from "@loudhailer/whatsapp/testing/update-values.ts";
import { expect, test } from "vitest";
import { applied, older, second, useUpdates } from "../testing/use-updates.ts";

const { apply, newOrganization, newBroadcast, owner, setTemplate, stateOf, templateOf } =
  await useUpdates();
const statusField = "message_template_status_update";

/** Creates an organization whose template has the id used in the fixtures. */
async function withTemplate() {
  const organization = await newOrganization();
  await setTemplate(organization.templateId, { meta_template_id: "700123456789012" });
  return organization;
}

function event(word: string) {
  return { ...values.templatePaused, event: word };
}

async function addTemplate({ organizationId, wabaId }: TestOrganization, name: string) {
  const { id } = await owner
    .insertInto("whatsapp_templates")
    .values({
      organization_id: organizationId,
      waba_id: wabaId,
      meta_template_id: randomUUID(),
      name,
      language: "en_US",
      category: "UTILITY",
      status: "APPROVED",
      components: "[]",
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

test.each([
  ["REJECTED", "template_rejected"],
  ["PAUSED", "template_paused"],
  ["DISABLED", "template_disabled"],
  ["ARCHIVED", "template_archived"],
  ["IN_APPEAL", "template_in_appeal"],
  ["PENDING", "template_pending"],
  ["PENDING_DELETION", "template_pending_deletion"],
  ["LIMIT_EXCEEDED", "template_limit_exceeded"],
])("a template that becomes %s pauses only its own sending broadcasts", async (word, reason) => {
  const organization = await withTemplate();
  const other = await addTemplate(organization, "other");
  const its = await newBroadcast(organization);
  const others = await newBroadcast(organization, { template_id: other });
  const draft = await newBroadcast(organization, { status: "draft" });
  expect(await apply(organization, statusField, event(word))).toEqual(applied);
  expect((await templateOf(organization.templateId)).status).toBe(word);
  expect(await Promise.all([its, others, draft].map(stateOf))).toEqual([
    reason,
    "sending",
    "draft",
  ]);
  expect((await templateOf(other)).status).toBe("APPROVED");
});

test.each(["APPROVED", "REINSTATED", "UNARCHIVED"])(
  "a template that becomes %s can be sent again, but its broadcasts stay paused",
  async (word) => {
    const organization = await withTemplate();
    const broadcast = await newBroadcast(organization);
    await apply(organization, statusField, values.templateRejected);
    expect(await templateOf(organization.templateId)).toMatchObject({
      rejected_reason: "INVALID_FORMAT",
    });
    expect(await apply(organization, statusField, event(word))).toEqual(applied);
    expect(await templateOf(organization.templateId)).toMatchObject({
      status: "APPROVED",
      rejected_reason: null,
      removed_at: null,
    });
    expect(await stateOf(broadcast)).toBe("template_rejected");
  },
);

test("marks a deleted template as removed, and restores it when it is approved", async () => {
  const organization = await withTemplate();
  const broadcast = await newBroadcast(organization);
  expect(await apply(organization, statusField, event("DELETED"))).toEqual(applied);
  expect((await templateOf(organization.templateId)).removed_at).not.toBeNull();
  expect(await stateOf(broadcast)).toBe("template_deleted");
  await apply(organization, statusField, event("APPROVED"));
  expect((await templateOf(organization.templateId)).removed_at).toBeNull();
});

test("only reports events that don't prevent a template from being sent", async () => {
  const organization = await withTemplate();
  const broadcast = await newBroadcast(organization);
  for (const [word, reason] of [
    ["FLAGGED", "template_flagged"],
    ["LOCKED", "template_locked"],
    ["ENCHANTED", "unknown_event"],
  ] as const) {
    const outcome = await apply(organization, statusField, event(word));
    expect(outcome).toEqual({ applied: false, reason });
  }
  expect((await templateOf(organization.templateId)).status).toBe("APPROVED");
  expect(await stateOf(broadcast)).toBe("sending");
});

test("finds a template by its id, else by name and language in either spelling", async () => {
  const organization = await newOrganization();
  for (const language of ["en-US", "en_US", "EN-us"]) {
    const { message_template_id: _unknown, ...byName } = event("PAUSED");
    const value = { ...byName, message_template_language: language };
    expect(await apply(organization, statusField, value)).toEqual(applied);
  }
  expect(await apply(organization, statusField, event("APPROVED"))).toEqual(applied);
  const { meta_template_id: id } = await templateOf(organization.templateId);
  const byId = { message_template_id: Number(id), event: "ARCHIVED" };
  expect(await apply(organization, statusField, byId)).toEqual(applied);
  expect((await templateOf(organization.templateId)).status).toBe("ARCHIVED");
});

test("ignores an update of an unknown template, account or language", async () => {
  const organization = await newOrganization();
  const unknown = { applied: false, reason: "unknown_template" };
  const other = { ...event("PAUSED"), message_template_language: "de" };
  expect(await apply(organization, statusField, other)).toEqual(unknown);
  const elsewhere = { ...organization, wabaId: `9${organization.wabaId}` };
  expect(await apply(elsewhere, statusField, event("PAUSED"))).toEqual(unknown);
  expect(await apply(organization, statusField, { event: "PAUSED" })).toEqual(unknown);
  expect((await templateOf(organization.templateId)).status).toBe("APPROVED");
});

test("ignores the deletion of an earlier template with the same name", async () => {
  const organization = await newOrganization();
  expect(await apply(organization, statusField, event("DELETED"))).toEqual({
    applied: false,
    reason: "unknown_template",
  });
  expect((await templateOf(organization.templateId)).removed_at).toBeNull();
});

test("stores quality, category and components from any webhook field", async () => {
  const organization = await withTemplate();
  const template = () => templateOf(organization.templateId);
  await setTemplate(organization.templateId, { category: "UTILITY" });
  expect(await apply(organization, statusField, values.templateQuality)).toEqual(applied);
  expect(await template()).toMatchObject({ status: "APPROVED", quality_score: "YELLOW" });

  const field = "template_category_update";
  expect(await apply(organization, field, values.categoryAnnounced)).toEqual(applied);
  expect(await template()).toMatchObject({
    category: "UTILITY",
    announced_category: "MARKETING",
    category_changes_at: new Date(1_780_000_000_000),
  });
  expect(await apply(organization, field, values.categoryChanged)).toEqual(applied);
  expect(await template()).toMatchObject({
    category: "MARKETING",
    announced_category: null,
    category_changes_at: null,
  });

  const components = "message_template_components_update";
  expect(await apply(organization, components, values.components)).toEqual(applied);
  expect((await template()).components).toMatchObject([
    { type: "HEADER", text: "Your parcel" },
    { type: "BODY", text: "Hello {{1}}, it comes today." },
    { type: "FOOTER" },
    { type: "BUTTONS", buttons: [{ type: "URL" }, { type: "PHONE_NUMBER" }] },
  ]);
});

test("edited components pause only the template's sending broadcasts, a late edit none", async () => {
  const organization = await withTemplate();
  const other = await addTemplate(organization, "other");
  const its = await newBroadcast(organization);
  const others = await newBroadcast(organization, { template_id: other });
  const draft = await newBroadcast(organization, { status: "draft" });
  const field = "message_template_components_update";
  const edit = (seconds: number) => apply(organization, field, values.components, second(seconds));
  expect(await edit(10)).toEqual(applied);
  const states = () => Promise.all([its, others, draft].map(stateOf));
  expect(await states()).toEqual(["template_edited", "sending", "draft"]);

  const { components } = await templateOf(organization.templateId);
  const late = await newBroadcast(organization, {
    template_snapshot: JSON.stringify({ ...testTemplate, components }),
  });
  expect(await edit(11)).toEqual(applied);
  await setTemplate(organization.templateId, { components: "[]" });
  expect(await edit(9)).toEqual(older);
  expect(await stateOf(late)).toBe("sending");
});

test("ignores a late status without blocking other updates", async () => {
  const organization = await withTemplate();
  const broadcast = await newBroadcast(organization);
  const applyAt = (value: object, seconds: number) =>
    apply(organization, statusField, { ...value }, second(seconds));
  expect(await applyAt(event("APPROVED"), 10)).toEqual(applied);
  expect(await applyAt(event("PAUSED"), 9)).toEqual(older);
  expect((await templateOf(organization.templateId)).status).toBe("APPROVED");
  expect(await stateOf(broadcast)).toBe("sending");
  expect(await applyAt(values.templateQuality, 8)).toEqual(applied);
  expect(await applyAt(event("PAUSED"), 10)).toEqual(applied);
  expect(await stateOf(broadcast)).toBe("template_paused");
});

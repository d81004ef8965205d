import { randomUUID } from "node:crypto";
import {
  createTestBroadcast,
  createTestOrganization,
  type TestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { expect, test } from "vitest";
import { postOf, useTestWebhook } from "./testing/test-webhook.ts";

const { db, webhook } = await useTestWebhook();

function change(organization: TestOrganization, field: string, value: object) {
  const metadata = {
    display_phone_number: "15550001111",
    phone_number_id: organization.phoneNumberId,
  };
  return postOf({
    id: organization.wabaId,
    changes: [{ field, value: { messaging_product: "whatsapp", metadata, ...value } }],
  });
}

const nowSeconds = () => Math.floor(Date.now() / 1000);

function messageOf(fields: object) {
  return {
    from: "15550002222",
    id: `wamid.${randomUUID()}`,
    timestamp: String(nowSeconds()),
    type: "text",
    text: { body: "Hello" },
    ...fields,
  };
}

const contacts = [{ profile: { name: "Ada" }, wa_id: "15550002222" }];

function contactOf({ organizationId }: TestOrganization) {
  return db
    .selectFrom("contacts")
    .where("organization_id", "=", organizationId)
    .selectAll()
    .executeTakeFirst();
}

const contents: [string, object][] = [
  ["text", { text: { body: "Hi" } }],
  ["button", { button: { payload: "p", text: "t" } }],
  ["interactive", { interactive: { type: "button_reply", button_reply: { id: "i", title: "t" } } }],
  ["image", { image: { id: "1", mime_type: "image/jpeg", sha256: "x" } }],
  ["video", { video: { id: "1" } }],
  ["audio", { audio: { id: "1", voice: true } }],
  ["document", { document: { id: "1", filename: "a.pdf" } }],
  ["sticker", { sticker: { id: "1", animated: true } }],
  ["location", { location: { latitude: 1.5, longitude: -2 } }],
  ["contacts", { contacts: [{ name: { formatted_name: "B" } }] }],
  ["order", { order: { catalog_id: "1", product_items: [] } }],
  ["reaction", { reaction: { message_id: "wamid.x", emoji: "👍" } }],
  ["edit", { edit: { original_message_id: "wamid.x" } }],
  ["revoke", { revoke: { original_message_id: "wamid.x" } }],
  ["unsupported", { errors: [{ code: 131_051 }], unsupported: { type: "poll" } }],
  ["invented_in_2031", { invented_in_2031: 1 }],
];

test.each(contents)(
  "a message of type %s is stored, and its sender becomes a contact",
  async (type, content) => {
    const organization = await createTestOrganization(db);
    const message = messageOf({ text: undefined, type, ...content });
    const post = change(organization, "messages", { contacts, messages: [message] });
    expect((await webhook.post(post)).status).toBe(200);
    const stored = await db
      .selectFrom("inbound_messages")
      .where("organization_id", "=", organization.organizationId)
      .selectAll()
      .execute();
    expect(stored).toMatchObject([
      { type, provider_id: organization.providerId, payload: JSON.parse(JSON.stringify(message)) },
    ]);
    expect(await contactOf(organization)).toMatchObject({ phone: "+15550002222", name: "Ada" });
  },
);

test("a message with any part missing gets 200 and is stored, or kept with the reason", async () => {
  const organization = await createTestOrganization(db);
  const full = { messages: [messageOf({ context: { id: "wamid.x", from: "1" } })], contacts };
  const { organizationId } = organization;
  for (const key of Object.keys(full.messages[0] ?? {})) {
    const [message] = full.messages;
    const { [key]: _gone, ...rest } = { ...message, id: `wamid.without-${key}` } as Record<
      string,
      unknown
    >;
    const post = change(organization, "messages", { ...full, messages: [rest] });
    expect([key, (await webhook.post(post)).status]).toEqual([key, 200]);
  }
  const stored = await db
    .selectFrom("inbound_messages")
    .where("organization_id", "=", organizationId)
    .select("wamid")
    .execute();
  const kept = await db
    .selectFrom("webhook_events")
    .where("organization_id", "=", organizationId)
    .select("reason")
    .execute();
  expect(kept).toEqual([{ reason: "unreadable_message" }]);
  expect(stored).toHaveLength(Object.keys(full.messages[0] ?? {}).length - 1);
});

test("a quick reply to a broadcast counts as one reply, and STOP in it opts the contact out", async () => {
  const organization = await createTestOrganization(db);
  const { organizationId } = organization;
  const { broadcastId } = await createTestBroadcast(db, organization, {
    recipients: 1,
    attempts: 1,
  });
  await db
    .updateTable("whatsapp_broadcast_recipients")
    .set({ status: "sent", sent_at: new Date(), wamid: `wamid.of-${broadcastId}` })
    .where("broadcast_id", "=", broadcastId)
    .execute();
  const message = messageOf({
    text: undefined,
    type: "button",
    button: { payload: "STOP", text: "No more of this" },
    context: { from: "15550001111", id: `wamid.of-${broadcastId}` },
  });
  const post = change(organization, "messages", { contacts, messages: [message] });
  for (let repeat = 0; repeat < 3; repeat++) expect((await webhook.post(post)).status).toBe(200);
  const broadcast = await db
    .selectFrom("counted_broadcasts")
    .where("organization_id", "=", organizationId)
    .select("replied_count")
    .executeTakeFirst();
  expect(broadcast?.replied_count).toBe(1);
  expect(await contactOf(organization)).toMatchObject({ opt_out_source: "stop_word" });
});

test("preferences, user ids and changed numbers update the contact", async () => {
  const organization = await createTestOrganization(db);
  const preference = (value: string, timestamp: number) =>
    change(organization, "user_preferences", {
      contacts,
      user_preferences: [
        { wa_id: "15550002222", category: "marketing_messages", value, timestamp },
      ],
    });
  await webhook.post(preference("stop", nowSeconds() - 60));
  expect(await contactOf(organization)).toMatchObject({ opt_out_source: "meta_user_preferences" });
  await webhook.post(preference("resume", nowSeconds() - 30));
  expect(await contactOf(organization)).toMatchObject({ opted_out_at: null });

  const update = { wa_id: "15550002222", user_id: { previous: "US.0", current: "US.1" } };
  await webhook.post(change(organization, "user_id_update", { user_id_update: [update] }));
  expect(await contactOf(organization)).toMatchObject({ whatsapp_user_id: "US.1" });

  const system = { type: "user_changed_number", wa_id: "15550003333", body: "" };
  const notice = messageOf({ text: undefined, type: "system", system });
  await webhook.post(change(organization, "messages", { messages: [notice] }));
  const contact = await contactOf(organization);
  expect(contact).toMatchObject({ phone: "+15550003333", whatsapp_user_id: "US.1" });

  // The old number belongs to another person now, and Meta repeats its notice.
  await webhook.post(change(organization, "messages", { contacts, messages: [messageOf({})] }));
  await webhook.post(change(organization, "messages", { messages: [notice] }));
  const phones = await db
    .selectFrom("contacts")
    .where("organization_id", "=", organization.organizationId)
    .select("phone")
    .orderBy("phone")
    .execute();
  expect(phones.map(({ phone }) => phone)).toEqual(["+15550002222", "+15550003333"]);
});

test("one unstorable message is kept with its reason, and the other messages are stored", async () => {
  const organization = await createTestOrganization(db);
  const messages = Array.from({ length: 20 }, (_, n) => messageOf({ id: `wamid.n${n}` }));
  messages.splice(7, 0, messageOf({ id: "wamid.\0poison" }));
  const post = change(organization, "messages", { contacts, messages });
  expect((await webhook.post(post)).status).toBe(200);
  const { organizationId } = organization;
  const stored = await db
    .selectFrom("inbound_messages")
    .where("organization_id", "=", organizationId)
    .select("id")
    .execute();
  expect(stored).toHaveLength(20);
  const kept = await db
    .selectFrom("webhook_events")
    .where("organization_id", "=", organizationId)
    .select("reason")
    .execute();
  expect(kept).toEqual([{ reason: "refused: 22021" }]);
});

test("a template update applies in every organization that has the WABA", async () => {
  const first = await createTestOrganization(db);
  const second = await createTestOrganization(db, { wabaId: first.wabaId });
  const other = await createTestOrganization(db);
  const value = {
    event: "PAUSED",
    message_template_name: "parcel_update",
    message_template_language: "en-US",
    reason: null,
  };
  const time = nowSeconds();
  const entry = (wabaId: string) => ({
    id: wabaId,
    time,
    changes: [{ field: "message_template_status_update", value }],
  });
  expect((await webhook.post(postOf(entry(first.wabaId)))).status).toBe(200);
  const statusOf = async ({ templateId }: TestOrganization) => {
    const row = await db
      .selectFrom("whatsapp_templates")
      .where("id", "=", templateId)
      .select("status")
      .executeTakeFirst();
    return row?.status;
  };
  expect(await Promise.all([first, second, other].map(statusOf))).toEqual([
    "PAUSED",
    "PAUSED",
    "APPROVED",
  ]);
});

test("a number stores when its last webhook arrived", async () => {
  const organization = await createTestOrganization(db);
  await webhook.post(change(organization, "messages", { contacts, messages: [messageOf({})] }));
  await expect
    .poll(
      async () => {
        const row = await db
          .selectFrom("whatsapp_providers")
          .where("id", "=", organization.providerId)
          .select("last_webhook_at")
          .executeTakeFirst();
        return row?.last_webhook_at ?? null;
      },
      { timeout: 8_000, interval: 100 },
    )
    .not.toBeNull();
});

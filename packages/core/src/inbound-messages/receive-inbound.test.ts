import { randomUUID } from "node:crypto";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import type { ContactsTable } from "@loudhailer/db/database.ts";
import {
  createTestBroadcast,
  createTestOrganization,
  type TestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import type { Selectable } from "kysely";
import { afterAll, expect, test } from "vitest";
import { toWhatsappPerson } from "../contacts/whatsapp-person.ts";
import type { InboundContent, InboundItem } from "./inbound-item.ts";
import { receiveInbound } from "./receive-inbound.ts";

const { databaseUrl } = await useTestDatabase();
const owner = createDb(createPool({ connectionString: databaseUrl, max: 2 }));
const engine = createDb(createPool({ connectionString: databaseUrl, role: "loudhailer_engine" }));
afterAll(() => Promise.all([owner.destroy(), engine.destroy()]));

const secondsAgo = (seconds: number) => new Date(Math.floor(Date.now() / 1000 - seconds) * 1000);

interface Said extends Partial<InboundContent> {
  at?: Date;
  waId?: string;
  userId?: string;
  name?: string;
}

function itemOf(organization: TestOrganization, said: Said): InboundItem {
  const { at = secondsAgo(0), waId = "15550002222", userId, name, ...content } = said;
  const person = {
    ...(waId !== "" && { waId }),
    ...(userId !== undefined && { userId }),
    ...(name !== undefined && { name }),
  };
  return {
    organizationId: organization.organizationId,
    person: toWhatsappPerson(organization.organizationId, person),
    previous: null,
    at,
    preference: null,
    message: {
      providerId: organization.providerId,
      wamid: `wamid.${randomUUID()}`,
      type: "text",
      payload: { text: { body: "Hello" } },
      contextWamid: null,
      isInGroup: false,
      isReply: true,
      words: ["Hello"],
      ...content,
    },
  };
}

function contactsOf({ organizationId }: TestOrganization) {
  return owner
    .selectFrom("contacts")
    .where("organization_id", "=", organizationId)
    .selectAll()
    .orderBy("id")
    .execute();
}

async function onlyContact(organization: TestOrganization): Promise<Selectable<ContactsTable>> {
  const contacts = await contactsOf(organization);
  expect(contacts).toHaveLength(1);
  const [contact] = contacts;
  if (!contact) throw new Error("no contact");
  return contact;
}

function messagesOf({ organizationId }: TestOrganization) {
  return owner
    .selectFrom("inbound_messages")
    .where("organization_id", "=", organizationId)
    .select(["wamid", "type", "broadcast_id", "contact_id", "payload"])
    .orderBy("created_at")
    .execute();
}

/** Creates a contact and a broadcast of one recipient that has been sent to it. */
async function written(organization: TestOrganization, sentAt: Date, phone = "+15550002222") {
  const { organizationId } = organization;
  const { id: contactId } = await owner
    .insertInto("contacts")
    .values({ organization_id: organizationId, phone, name: "Ada" })
    .onConflict((conflict) =>
      conflict.columns(["organization_id", "phone"]).doUpdateSet({ name: "Ada" }),
    )
    .returning("id")
    .executeTakeFirstOrThrow();
  const { broadcastId, recipientIds } = await createTestBroadcast(owner, organization, {
    recipients: 1,
    attempts: 1,
  });
  const wamid = `wamid.${randomUUID()}`;
  await owner
    .updateTable("whatsapp_broadcast_recipients")
    .set({ contact_id: contactId, phone, status: "sent", sent_at: sentAt, wamid })
    .where("broadcast_id", "=", broadcastId)
    .execute();
  return { broadcastId, recipientId: recipientIds[0] ?? "", wamid };
}

async function repliesOf(broadcastId: string) {
  const { replied_count: counted } = await owner
    .selectFrom("counted_broadcasts")
    .where("id", "=", broadcastId)
    .select("replied_count")
    .executeTakeFirstOrThrow();
  const rows = await owner
    .selectFrom("whatsapp_broadcast_recipients")
    .where("broadcast_id", "=", broadcastId)
    .where("replied_at", "is not", null)
    .select("id")
    .execute();
  expect(counted).toBe(rows.length);
  return counted;
}

test("a message is stored once with its contact when it arrives several times", async () => {
  const organization = await createTestOrganization(owner);
  const item = itemOf(organization, { name: "Ada", wamid: "wamid.once" });
  expect(await receiveInbound(engine, [item])).toEqual([{ applied: true }]);
  expect(await receiveInbound(engine, [item, item])).toEqual([
    { applied: true },
    { applied: true },
  ]);
  const contact = await onlyContact(organization);
  expect(contact).toMatchObject({ phone: "+15550002222", name: "Ada", last_inbound_at: item.at });
  expect(await messagesOf(organization)).toEqual([
    {
      wamid: "wamid.once",
      type: "text",
      broadcast_id: null,
      contact_id: contact.id,
      payload: { text: { body: "Hello" } },
    },
  ]);
});

test("another message with the same wamid is reported, not treated as a repeat", async () => {
  const organization = await createTestOrganization(owner);
  const item = itemOf(organization, { wamid: "wamid.reused" });
  await receiveInbound(engine, [item]);
  const other = itemOf(organization, { wamid: "wamid.reused", type: "image" });
  expect(await receiveInbound(engine, [other])).toEqual([
    { applied: false, reason: "wamid_of_another_message" },
  ]);
});

test("a contact's name is kept when a message brings another one", async () => {
  const organization = await createTestOrganization(owner);
  await written(organization, secondsAgo(60));
  await receiveInbound(engine, [itemOf(organization, { name: "Somebody else" })]);
  expect((await onlyContact(organization)).name).toBe("Ada");
});

test("a reply belongs to the broadcast of the message it refers to, and counts once per recipient", async () => {
  const organization = await createTestOrganization(owner);
  const first = await written(organization, secondsAgo(3_600));
  const second = await written(organization, secondsAgo(60));
  const answer = itemOf(organization, { contextWamid: first.wamid });
  await receiveInbound(engine, [answer, itemOf(organization, { contextWamid: first.wamid })]);
  await receiveInbound(engine, [answer]);
  expect(await repliesOf(first.broadcastId)).toBe(1);
  expect(await repliesOf(second.broadcastId)).toBe(0);
  const messages = await messagesOf(organization);
  expect(messages.map((message) => message.broadcast_id)).toEqual([
    first.broadcastId,
    first.broadcastId,
  ]);
});

test("a reply belongs to the contact's latest broadcast within 72 hours when it refers to none", async () => {
  const organization = await createTestOrganization(owner);
  const early = await written(organization, secondsAgo(80 * 3_600));
  expect(await repliesOf(early.broadcastId)).toBe(0);
  await receiveInbound(engine, [itemOf(organization, {})]);
  expect(await repliesOf(early.broadcastId)).toBe(0);
  const first = await written(organization, secondsAgo(71 * 3_600));
  const latest = await written(organization, secondsAgo(3_600));
  await receiveInbound(engine, [itemOf(organization, { contextWamid: "wamid.of-a-chat" })]);
  expect(await repliesOf(latest.broadcastId)).toBe(1);
  expect(await repliesOf(first.broadcastId)).toBe(0);
});

test("a repeated reply counts for no other broadcast when its recipient has failed since", async () => {
  const organization = await createTestOrganization(owner);
  const first = await written(organization, secondsAgo(3_600));
  const second = await written(organization, secondsAgo(60));
  const answer = itemOf(organization, {});
  await receiveInbound(engine, [answer]);
  await owner
    .updateTable("whatsapp_broadcast_recipients")
    .set({ status: "failed" })
    .where("broadcast_id", "=", second.broadcastId)
    .execute();
  await receiveInbound(engine, [answer]);
  expect(await repliesOf(second.broadcastId)).toBe(1);
  expect(await repliesOf(first.broadcastId)).toBe(0);
});

test("a message isn't a reply when it is earlier, in a group, to another number or not by the recipient", async () => {
  const organization = await createTestOrganization(owner);
  const { broadcastId } = await written(organization, secondsAgo(60));
  const { id: otherNumber } = await owner
    .insertInto("whatsapp_providers")
    .values({
      organization_id: organization.organizationId,
      phone_number_id: randomUUID(),
      waba_id: organization.wabaId,
      access_token: "not a ciphertext",
      webhook_verify_token: randomUUID(),
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  await receiveInbound(engine, [
    itemOf(organization, { at: secondsAgo(120) }),
    itemOf(organization, { isInGroup: true }),
    itemOf(organization, { providerId: otherNumber }),
    itemOf(organization, { isReply: false, type: "system" }),
    itemOf(organization, { waId: "15550009999" }),
  ]);
  expect(await repliesOf(broadcastId)).toBe(0);
});

test("a reply in the second of sending counts, and is never stored as earlier than the message", async () => {
  const organization = await createTestOrganization(owner);
  const sentAt = new Date(secondsAgo(10).getTime() + 900);
  const { broadcastId, recipientId } = await written(organization, sentAt);
  await receiveInbound(engine, [itemOf(organization, { at: secondsAgo(10) })]);
  expect(await repliesOf(broadcastId)).toBe(1);
  const recipient = await owner
    .selectFrom("whatsapp_broadcast_recipients")
    .where("id", "=", recipientId)
    .select("replied_at")
    .executeTakeFirst();
  expect(recipient?.replied_at).toEqual(sentAt);
});

test("a message never changes another organization's recipient or contact", async () => {
  const mine = await createTestOrganization(owner);
  const other = await createTestOrganization(owner);
  const { broadcastId, wamid } = await written(other, secondsAgo(60));
  await receiveInbound(engine, [itemOf(mine, { contextWamid: wamid, words: ["STOP"] })]);
  expect(await repliesOf(broadcastId)).toBe(0);
  expect((await onlyContact(other)).opted_out_at).toBeNull();
  expect((await onlyContact(mine)).opted_out_at).not.toBeNull();
});

test("hundreds of concurrent replies from several connections are counted exactly", async () => {
  const organization = await createTestOrganization(owner);
  const { broadcastId } = await createTestBroadcast(owner, organization, {
    recipients: 60,
    attempts: 1,
  });
  await owner
    .updateTable("whatsapp_broadcast_recipients")
    .set((eb) => ({ status: "sent", sent_at: secondsAgo(60), wamid: eb.ref("phone") }))
    .where("broadcast_id", "=", broadcastId)
    .execute();
  const items = Array.from({ length: 240 }, (_, index) => {
    const phone = `+1555010${String(index % 60).padStart(4, "0")}`;
    return itemOf(organization, { waId: phone.slice(1), contextWamid: phone });
  });
  const batches = Array.from({ length: 8 }, (_, n) => items.filter((_item, i) => i % 8 === n));
  await Promise.all(batches.map((batch) => receiveInbound(engine, batch.toReversed())));
  expect(await repliesOf(broadcastId)).toBe(60);
  expect(await contactsOf(organization)).toHaveLength(60);
  expect(await messagesOf(organization)).toHaveLength(240);
});

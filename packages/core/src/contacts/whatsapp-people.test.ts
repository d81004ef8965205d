import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { broadcastCounts } from "@loudhailer/testing/broadcast-counts.ts";
import {
  createTestBroadcast,
  createTestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { changeIdentity } from "./change-identity.ts";
import { recordPeople } from "./record-people.ts";
import { toWhatsappPerson } from "./whatsapp-person.ts";
import { otherSpellingSql, phoneOfWaId, phoneSpellings } from "./whatsapp-phone.ts";

const { databaseUrl } = await useTestDatabase();
const owner = createDb(createPool({ connectionString: databaseUrl, max: 2 }));
const engine = createDb(createPool({ connectionString: databaseUrl, role: "loudhailer_engine" }));
afterAll(() => Promise.all([owner.destroy(), engine.destroy()]));

async function newOrganization() {
  const organization = await createTestOrganization(owner);
  const { organizationId } = organization;
  const person = (waId: string | undefined, userId?: string) =>
    toWhatsappPerson(organizationId, {
      ...(waId !== undefined && { waId }),
      ...(userId !== undefined && { userId }),
    });
  return {
    organization,
    person,
    record: async (waId: string | undefined, userId?: string) => {
      const [id = ""] = await recordPeople(engine, [person(waId, userId)]);
      return id;
    },
    contacts: () =>
      owner
        .selectFrom("contacts")
        .where("organization_id", "=", organizationId)
        .selectAll()
        .orderBy("id")
        .execute(),
    update: (id: string, columns: { tags?: string[]; opted_out_at?: Date; name?: string }) =>
      owner.updateTable("contacts").set(columns).where("id", "=", id).execute(),
  };
}

test("records a person as one contact by phone number, user id or both", async () => {
  const { record, contacts } = await newOrganization();
  const id = await record("15550002222");
  expect(await record("15550002222")).toBe(id);
  expect(await record("15550002222", "US.1")).toBe(id);
  expect(await record(undefined, "US.1")).toBe(id);
  expect(await contacts()).toMatchObject([{ phone: "+15550002222", whatsapp_user_id: "US.1" }]);
});

test("merges a contact with only a user id into the contact with the phone number, keeping all data", async () => {
  const { record, contacts, update } = await newOrganization();
  const withPhone = await record("15550002222");
  const withId = await record(undefined, "US.1");
  await update(withPhone, { tags: ["a"], name: "Ada" });
  await update(withId, { tags: ["b"], name: "A", opted_out_at: new Date() });
  expect(await record("15550002222", "US.1")).toBe(withPhone);
  const [contact, ...others] = await contacts();
  expect(others).toEqual([]);
  expect(contact).toMatchObject({
    phone: "+15550002222",
    whatsapp_user_id: "US.1",
    name: "Ada",
    tags: ["a", "b"],
  });
  expect(contact?.opted_out_at).not.toBeNull();
});

test("adds the phone number to a contact with only a user id once Meta reports both", async () => {
  const { record, contacts } = await newOrganization();
  const id = await record(undefined, "US.1");
  expect(await record("15550002222", "US.1")).toBe(id);
  expect(await contacts()).toMatchObject([{ phone: "+15550002222", whatsapp_user_id: "US.1" }]);
});

test("moves a user id to the contact of its new phone number", async () => {
  const { record, contacts } = await newOrganization();
  const first = await record("15550002222", "US.1");
  const second = await record("15550003333");
  expect(await record("15550003333", "US.1")).toBe(second);
  expect(await contacts()).toMatchObject([
    { id: first, whatsapp_user_id: null },
    { id: second, whatsapp_user_id: "US.1" },
  ]);
});

test("records one contact when the same person arrives many times at once", async () => {
  const { person, contacts } = await newOrganization();
  const people = Array.from({ length: 20 }, (_, index) =>
    person("15550002222", index % 2 === 0 ? "US.1" : undefined),
  );
  await Promise.all(people.map((one) => recordPeople(engine, [one, one])));
  expect(await contacts()).toMatchObject([{ phone: "+15550002222", whatsapp_user_id: "US.1" }]);
});

test("keeps a contact's tags and consent when its phone number changes", async () => {
  const { record, contacts, update, person } = await newOrganization();
  const id = await record("15550002222", "US.1");
  await update(id, { tags: ["vip"], opted_out_at: new Date() });
  const change = () => changeIdentity(engine, person("15550002222"), person("15550003333", "US.2"));
  await change();
  await change();
  const all = await contacts();
  expect(all).toMatchObject([
    { id, phone: "+15550003333", whatsapp_user_id: "US.2", tags: ["vip"] },
  ]);
  expect(all[0]?.opted_out_at).not.toBeNull();
});

test("merges into the contact that has the new number, including recipients", async () => {
  const { record, contacts, update, person, organization } = await newOrganization();
  const before = await record("15550002222");
  const after = await record("15550003333");
  await update(before, { opted_out_at: new Date() });
  const { broadcastId } = await createTestBroadcast(owner, organization, { recipients: 1 });
  await owner
    .updateTable("whatsapp_broadcast_recipients")
    .set({ contact_id: before })
    .where("broadcast_id", "=", broadcastId)
    .execute();
  await changeIdentity(engine, person("15550002222"), person("15550003333"));
  const all = await contacts();
  expect(all).toMatchObject([{ id: after, phone: "+15550003333" }]);
  expect(all[0]?.opted_out_at).not.toBeNull();
  const recipient = await owner
    .selectFrom("whatsapp_broadcast_recipients")
    .where("broadcast_id", "=", broadcastId)
    .select("contact_id")
    .executeTakeFirst();
  expect(recipient?.contact_id).toBe(after);
});

test("keeps the phone number when the user id changes", async () => {
  const { record, contacts, person } = await newOrganization();
  await record("15550002222", "US.1");
  await changeIdentity(engine, person(undefined, "US.1"), person(undefined, "US.2"));
  expect(await contacts()).toMatchObject([{ phone: "+15550002222", whatsapp_user_id: "US.2" }]);
});

test("finds a contact in any spelling: Brazil's ninth digit, Argentina's 9, Mexico's 1", async () => {
  const { record, contacts } = await newOrganization();
  const brazil = await record("5511987654321");
  expect(await record("551187654321")).toBe(brazil);
  const argentina = await record("5491123456789");
  expect(await record("541123456789")).toBe(argentina);
  const mexico = await record("5215512345678");
  expect(await record("525512345678")).toBe(mexico);
  expect(await contacts()).toHaveLength(3);
});

test("SQL and JavaScript return the same other spelling of a number", async () => {
  const phones = [
    "+5511987654321",
    "+551187654321",
    "+551133334444",
    "+5491123456789",
    "+541123456789",
    "+4915112345678",
    "+15550002222",
  ];
  for (const phone of phones) {
    const { rows } = await sql<{ other: string | null }>`
      select ${otherSpellingSql("p.phone")} as other from (values (${phone}::text)) as p(phone)
    `.execute(owner);
    expect(rows[0]?.other).toBe(phoneSpellings(phone)[1] ?? null);
  }
});

test("returns other spellings only for mobile numbers", () => {
  expect(phoneSpellings("+551133334444")).toEqual(["+551133334444"]);
  expect(phoneSpellings("+4915112345678")).toEqual(["+4915112345678"]);
  expect(phoneOfWaId("12345")).toBe("+12345");
});

test("merges all three contacts when a change connects them", async () => {
  const { record, contacts, update, person } = await newOrganization();
  const before = await record("15550002222");
  await record("15550003333");
  await record(undefined, "US.2");
  await update(before, { opted_out_at: new Date() });
  await changeIdentity(engine, person("15550002222"), person("15550003333", "US.2"));
  const all = await contacts();
  expect(all).toMatchObject([{ phone: "+15550003333", whatsapp_user_id: "US.2" }]);
  expect(all[0]?.opted_out_at).not.toBeNull();
});

test("ignores a late change when another contact has the number or the user id", async () => {
  const { record, contacts, person } = await newOrganization();
  const next = await record("15550002222", "US.NEW");
  await changeIdentity(engine, person("15550002222", "US.OLD"), person("15550003333", "US.OLD2"));
  await changeIdentity(engine, person("15550002222", "US.OLD"), person("15550002222", "US.OLD2"));
  expect(await contacts()).toMatchObject([
    { id: next, phone: "+15550002222", whatsapp_user_id: "US.NEW" },
  ]);
});

test("keeps the opt-out, also as last consent recorded, when two contacts with consents of one second merge", async () => {
  const { record, person, organization, contacts } = await newOrganization();
  const from = await record("15550002222");
  const into = await record("15550003333");
  const at = new Date("2026-11-01T00:00:00Z");
  await owner.updateTable("contacts").set({ opted_out_at: at }).where("id", "=", from).execute();
  await owner.updateTable("contacts").set({ opted_in_at: at }).where("id", "=", into).execute();
  await changeIdentity(engine, person("15550002222"), person("15550003333"));
  expect((await contacts())[0]?.opted_out_at).toEqual(at);
  const trace = await owner
    .selectFrom("contact_consents")
    .where("organization_id", "=", organization.organizationId)
    .select("consent")
    .orderBy("id")
    .execute();
  expect(trace.at(-1)?.consent).toBe("opted_out");
});

test("skips the merged contact and updates the counters when a broadcast has both", async () => {
  const { record, person, organization } = await newOrganization();
  const from = await record("15550002222");
  const into = await record("15550003333");
  const { broadcastId, recipientIds } = await createTestBroadcast(owner, organization, {
    recipients: 2,
  });
  for (const [index, contactId] of [from, into].entries()) {
    await owner
      .updateTable("whatsapp_broadcast_recipients")
      .set({ contact_id: contactId })
      .where("id", "=", recipientIds[index] ?? "")
      .execute();
  }
  await changeIdentity(engine, person("15550002222"), person("15550003333"));
  const rows = await owner
    .selectFrom("whatsapp_broadcast_recipients")
    .where("broadcast_id", "=", broadcastId)
    .select(["contact_id", "status", "error_code"])
    .orderBy("id")
    .execute();
  expect(rows).toEqual([
    { contact_id: null, status: "skipped", error_code: "merged_contact" },
    { contact_id: into, status: "pending", error_code: null },
  ]);
  const { counters, rows: counted } = await broadcastCounts(owner, broadcastId);
  expect(counters).toEqual(counted);
});

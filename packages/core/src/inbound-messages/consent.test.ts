import { randomUUID } from "node:crypto";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import {
  createTestOrganization,
  type TestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { afterAll, expect, test } from "vitest";
import { toWhatsappPerson } from "../contacts/whatsapp-person.ts";
import type { InboundItem } from "./inbound-item.ts";
import { receiveInbound } from "./receive-inbound.ts";

const { databaseUrl } = await useTestDatabase();
const owner = createDb(createPool({ connectionString: databaseUrl, max: 2 }));
const engine = createDb(createPool({ connectionString: databaseUrl, role: "loudhailer_engine" }));
afterAll(() => Promise.all([owner.destroy(), engine.destroy()]));

const startMs = Math.floor(Date.now() / 1000) * 1000 - 3_600_000;
const at = (seconds: number) => new Date(startMs + seconds * 1000);

function say(organization: TestOrganization, seconds: number, ...words: string[]): InboundItem {
  return {
    organizationId: organization.organizationId,
    person: toWhatsappPerson(organization.organizationId, { waId: "15550002222" }),
    previous: null,
    at: at(seconds),
    preference: null,
    message: {
      providerId: organization.providerId,
      wamid: `wamid.${randomUUID()}`,
      type: "text",
      payload: {},
      contextWamid: null,
      isInGroup: false,
      isReply: true,
      words,
    },
  };
}

function prefer(
  organization: TestOrganization,
  seconds: number,
  preference: "stop" | "start",
): InboundItem {
  return { ...say(organization, seconds), message: null, preference };
}

async function consentOf({ organizationId }: TestOrganization) {
  return owner
    .selectFrom("contacts")
    .where("organization_id", "=", organizationId)
    .select(["opted_out_at", "opt_out_source", "opted_in_at", "opt_in_source"])
    .executeTakeFirst();
}

async function traceOf({ organizationId }: TestOrganization) {
  const rows = await owner
    .selectFrom("contact_consents")
    .where("organization_id", "=", organizationId)
    .select(["consent", "source", "happened_at"])
    .orderBy("id")
    .execute();
  return rows.map(
    (row) => `${row.consent} by ${row.source} at ${row.happened_at.getTime() - startMs}`,
  );
}

test("STOP opts out and START opts in, and both are recorded with their time and source", async () => {
  const organization = await createTestOrganization(owner);
  await receiveInbound(engine, [say(organization, 0, "Stop!")]);
  expect(await consentOf(organization)).toEqual({
    opted_out_at: at(0),
    opt_out_source: "stop_word",
    opted_in_at: null,
    opt_in_source: null,
  });
  await receiveInbound(engine, [say(organization, 60, " START ")]);
  expect(await consentOf(organization)).toEqual({
    opted_out_at: null,
    opt_out_source: null,
    opted_in_at: at(60),
    opt_in_source: "start_word",
  });
  expect(await traceOf(organization)).toEqual([
    "opted_out by stop_word at 0",
    "opted_in by start_word at 60000",
  ]);
});

test("STOP and START are both recorded in order when they come in one batch", async () => {
  const organization = await createTestOrganization(owner);
  await receiveInbound(engine, [say(organization, 0, "stop"), say(organization, 1, "start")]);
  expect((await consentOf(organization))?.opted_out_at).toBeNull();
  expect(await traceOf(organization)).toHaveLength(2);
});

test.each([
  ["Unsubscribe"],
  ["  DARME  DE BAJA "],
  ["Cancelar inscrição"],
  ["se désabonner"],
  ["ABMELDEN."],
  ["Annulla iscrizione"],
  ["Berhenti"],
  ["ABONELİKTEN ÇIK"],
  ["إلغاء الاشتراك"],
  ["सदस्यता समाप्त करें"],
  ["\u200Estop\u200E"],
  ["STOP_PAYLOAD", "Stop promotions"],
])("the default opt-out keywords cover ten languages: %s", async (...words) => {
  const organization = await createTestOrganization(owner);
  await receiveInbound(engine, [say(organization, 0, ...words)]);
  expect((await consentOf(organization))?.opt_out_source).toBe("stop_word");
});

test.each([["please stop"], ["Stop it"], ["Cancel"], ["nonstop"], ["Hello"], [""]])(
  "a message doesn't opt out when it isn't exactly a keyword: %s",
  async (words) => {
    const organization = await createTestOrganization(owner);
    await receiveInbound(engine, [say(organization, 0, words)]);
    expect((await consentOf(organization))?.opted_out_at).toBeNull();
  },
);

test("an organization's own keywords replace the defaults for that organization only", async () => {
  const own = await createTestOrganization(owner);
  const other = await createTestOrganization(owner);
  await owner
    .insertInto("organization_settings")
    .values({ organization_id: own.organizationId, stop_words: ["Tschüss"], start_words: null })
    .execute();
  await receiveInbound(engine, [say(own, 0, "stop"), say(other, 0, "TSCHÜSS")]);
  expect((await consentOf(own))?.opted_out_at).toBeNull();
  expect((await consentOf(other))?.opted_out_at).toBeNull();
  await receiveInbound(engine, [say(own, 1, "TSCHÜSS"), say(other, 1, "stop")]);
  expect((await consentOf(own))?.opted_out_at).toEqual(at(1));
  expect((await consentOf(other))?.opted_out_at).toEqual(at(1));
});

test("a preference set in WhatsApp opts out and in", async () => {
  const organization = await createTestOrganization(owner);
  await receiveInbound(engine, [prefer(organization, 0, "stop")]);
  expect(await consentOf(organization)).toMatchObject({
    opted_out_at: at(0),
    opt_out_source: "meta_user_preferences",
  });
  await receiveInbound(engine, [prefer(organization, 5, "start")]);
  expect(await consentOf(organization)).toMatchObject({
    opted_out_at: null,
    opted_in_at: at(5),
    opt_in_source: "meta_user_preferences",
  });
});

test("late and repeated consents change nothing when a later one is known", async () => {
  const organization = await createTestOrganization(owner);
  const stop = say(organization, 0, "stop");
  const start = say(organization, 60, "start");
  await receiveInbound(engine, [start]);
  await receiveInbound(engine, [stop]);
  expect((await consentOf(organization))?.opted_out_at).toBeNull();
  await receiveInbound(engine, [prefer(organization, 30, "stop")]);
  expect((await consentOf(organization))?.opted_out_at).toBeNull();
  await receiveInbound(engine, [say(organization, 90, "stop")]);
  await receiveInbound(engine, [start, prefer(organization, 60, "start")]);
  expect((await consentOf(organization))?.opted_out_at).toEqual(at(90));
});

test("a STOP opts out in the second of an opt-in, since Meta's times are rounded down", async () => {
  const organization = await createTestOrganization(owner);
  await owner
    .insertInto("contacts")
    .values({
      organization_id: organization.organizationId,
      phone: "+15550002222",
      opted_in_at: new Date(startMs + 700),
    })
    .execute();
  await receiveInbound(engine, [say(organization, 0, "stop")]);
  expect((await consentOf(organization))?.opted_out_at).toEqual(at(0));
});

test("a START sent between two STOPs doesn't opt in when it arrives last", async () => {
  const organization = await createTestOrganization(owner);
  await receiveInbound(engine, [say(organization, 0, "stop")]);
  await receiveInbound(engine, [say(organization, 600, "stop")]);
  await receiveInbound(engine, [say(organization, 300, "start")]);
  expect((await consentOf(organization))?.opted_out_at).toEqual(at(600));
});

test("a START doesn't undo an opt-out of the same second", async () => {
  const organization = await createTestOrganization(owner);
  await owner
    .insertInto("contacts")
    .values({
      organization_id: organization.organizationId,
      phone: "+15550002222",
      opted_out_at: new Date(startMs + 700),
      opt_out_source: "meta_131050",
    })
    .execute();
  await receiveInbound(engine, [say(organization, 0, "start")]);
  expect((await consentOf(organization))?.opt_out_source).toBe("meta_131050");
});

test("a preference is applied when its contact is merged with another in the same batch", async () => {
  const organization = await createTestOrganization(owner);
  const { organizationId } = organization;
  const personOf = (waId?: string, userId?: string) =>
    toWhatsappPerson(organizationId, {
      ...(waId !== undefined && { waId }),
      ...(userId !== undefined && { userId }),
    });
  await owner
    .insertInto("contacts")
    .values([
      { organization_id: organizationId, phone: "+15550002222" },
      { organization_id: organizationId, whatsapp_user_id: "US.1" },
    ])
    .execute();
  const both = { ...say(organization, 0, "Hello"), person: personOf("15550002222", "US.1") };
  const stop = { ...prefer(organization, 0, "stop"), person: personOf(undefined, "US.1") };
  await receiveInbound(engine, [both, stop]);
  const contacts = await owner
    .selectFrom("contacts")
    .where("organization_id", "=", organizationId)
    .select("opted_out_at")
    .execute();
  expect(contacts).toEqual([{ opted_out_at: at(0) }]);
});

test("a STOP opts out the contacts of every spelling of the number", async () => {
  const organization = await createTestOrganization(owner);
  const { organizationId } = organization;
  await owner
    .insertInto("contacts")
    .values([
      { organization_id: organizationId, phone: "+5511987654321" },
      { organization_id: organizationId, phone: "+551187654321" },
    ])
    .execute();
  const item = say(organization, 0, "sair");
  item.person = toWhatsappPerson(organizationId, { waId: "551187654321" });
  await receiveInbound(engine, [item]);
  const contacts = await owner
    .selectFrom("contacts")
    .where("organization_id", "=", organizationId)
    .select("opted_out_at")
    .execute();
  expect(contacts).toEqual([{ opted_out_at: at(0) }, { opted_out_at: at(0) }]);
});

test("a STOP of the old number opts out when the number changes in the same batch", async () => {
  const organization = await createTestOrganization(owner);
  const { organizationId } = organization;
  const before = toWhatsappPerson(organizationId, { waId: "15550002222" });
  const changed = {
    ...say(organization, 10),
    person: toWhatsappPerson(organizationId, { waId: "15550003333" }),
    previous: before,
  };
  await receiveInbound(engine, [say(organization, -60, "Hello")]);
  await receiveInbound(engine, [say(organization, 0, "stop"), changed]);
  const contacts = await owner
    .selectFrom("contacts")
    .where("organization_id", "=", organizationId)
    .select(["phone", "opted_out_at"])
    .execute();
  expect(contacts).toEqual([{ phone: "+15550003333", opted_out_at: at(0) }]);
});

test("a STOP in a group doesn't opt out", async () => {
  const organization = await createTestOrganization(owner);
  const item = say(organization, 0, "stop");
  if (item.message) item.message.isInGroup = true;
  await receiveInbound(engine, [item]);
  expect((await consentOf(organization))?.opted_out_at).toBeNull();
});

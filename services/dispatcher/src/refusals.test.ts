import { encryptSecret } from "@loudhailer/core/secrets/encrypt-secret.ts";
import { broadcastCounts } from "@loudhailer/testing/broadcast-counts.ts";
import { createTestBroadcast } from "@loudhailer/testing/create-test-broadcast.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { startTestStack } from "./testing/start-test-stack.ts";

const stack = await startTestStack();
const { db, simulator, startDispatcher, sendingBroadcast, broadcastOf, accepted, control } = stack;

const soon = { timeoutMs: 25_000 };

async function expectState(broadcastId: string, state: object): Promise<void> {
  await eventually(async () => expect(await broadcastOf(broadcastId)).toMatchObject(state), soon);
}

async function countsOf(broadcastId: string) {
  const { counters, rows } = await broadcastCounts(db, broadcastId);
  expect(counters).toEqual(rows);
  return counters;
}

function providerOf(providerId: string) {
  return db
    .selectFrom("whatsapp_providers")
    .where("id", "=", providerId)
    .selectAll()
    .executeTakeFirstOrThrow();
}

async function resume(broadcastId: string): Promise<void> {
  await db
    .updateTable("whatsapp_broadcasts")
    .set({ status: "sending", pause_reason: null })
    .where("id", "=", broadcastId)
    .execute();
}

test("an expired token disconnects the number, fails no recipient, and a new one continues", async () => {
  await startDispatcher();
  const { broadcastId, providerId, phoneNumberId } = await sendingBroadcast(300, 100);
  await eventually(() => expect(accepted(phoneNumberId)).toBeGreaterThan(5), soon);
  await control({ tokenExpired: true });
  await expectState(broadcastId, { status: "paused", pause_reason: "meta_190" });
  expect(await providerOf(providerId)).toMatchObject({
    status: "disconnected",
    status_reason: "meta_190",
  });
  await eventually(async () =>
    expect(await countsOf(broadcastId)).toMatchObject({
      failed: 0,
      unknown: 0,
      successful: accepted(phoneNumberId),
    }),
  );
  await control({ tokenExpired: false });
  await db
    .updateTable("whatsapp_providers")
    .set({ status: "connected", access_token: encryptSecret(stack.keyring, "simulator-token") })
    .where("id", "=", providerId)
    .execute();
  await resume(broadcastId);
  await expectState(broadcastId, { status: "completed" });
  expect(accepted(phoneNumberId)).toBe(300);
});

test("a token that no key decrypts disconnects the number and fails no recipient", async () => {
  await startDispatcher({ ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 1).toString("base64")}` });
  const { broadcastId, providerId } = await sendingBroadcast(50, 200);
  await expectState(broadcastId, { status: "paused", pause_reason: "token_unreadable" });
  expect(await providerOf(providerId)).toMatchObject({ status: "disconnected" });
  await eventually(async () =>
    expect(await countsOf(broadcastId)).toMatchObject({ failed: 0, unknown: 0 }),
  );
});

test("a template that Meta paused pauses its broadcast and leaves the number connected", async () => {
  await startDispatcher();
  const paused = await sendingBroadcast(100, 50);
  const { broadcastId, wabaId, providerId } = paused;
  await eventually(() => expect(accepted(paused.phoneNumberId)).toBeGreaterThan(5), soon);
  await control({ templates: [{ name: "parcel_update", wabaId, status: "PAUSED" }] });
  await expectState(broadcastId, { status: "paused", pause_reason: "meta_132015" });
  expect(await providerOf(providerId)).toMatchObject({ status: "connected" });
  expect(await countsOf(broadcastId)).toMatchObject({ failed: 0 });
});

test("rows that Meta refuses one after another pause the broadcast before all of them fail", async () => {
  await startDispatcher();
  const broadcast = await sendingBroadcast(2_000, 100);
  const { broadcastId } = broadcast;
  const phones = await db
    .selectFrom("whatsapp_broadcast_recipients")
    .where("broadcast_id", "=", broadcastId)
    .select("phone")
    .execute();
  const outcomes = Object.fromEntries(
    phones.map(({ phone }) => [phone, { code: 132_012, in: "reply" }]),
  );
  await control({ outcomes });
  await expectState(broadcastId, { status: "paused", pause_reason: "rows_refused" });
  await eventually(async () => {
    const { failed, unknown } = await countsOf(broadcastId);
    expect(unknown).toBe(0);
    expect(failed).toBeGreaterThanOrEqual(20);
    expect(failed).toBeLessThan(400);
  });
  await control({ outcomes: Object.fromEntries(phones.map(({ phone }) => [phone, null])) });
});

test("a number settles near Meta's limit and fails no recipient when its rate is three times that", async () => {
  await startDispatcher();
  const { broadcastId, providerId, phoneNumberId } = await sendingBroadcast(600, 180, 60);
  await expectState(broadcastId, { status: "completed" });
  expect(await countsOf(broadcastId)).toMatchObject({ successful: 600, failed: 0, unknown: 0 });
  const { current_messages_per_second: rate } = await providerOf(providerId);
  expect(rate).toBeGreaterThanOrEqual(50);
  expect(rate).toBeLessThanOrEqual(66);
  const refused = simulator.ledger().numbers[phoneNumberId]?.refused["130429"] ?? 0;
  expect(refused).toBeLessThan(120);
  expect(accepted(phoneNumberId)).toBe(600);
});

test("no recipient fails while Meta has trouble of its own, and sending continues afterwards", async () => {
  await startDispatcher();
  simulator.setFaults({ error5xx: 1 });
  const { broadcastId, phoneNumberId } = await sendingBroadcast(300, 300);
  await eventually(async () => {
    const away = await db.selectFrom("dispatchers").select("numbers_away").execute();
    expect(away.flatMap((row) => Object.keys(row.numbers_away))).toContain(phoneNumberId);
  }, soon);
  simulator.setFaults({ error5xx: 0 });
  await expectState(broadcastId, { status: "completed" });
  expect(await countsOf(broadcastId)).toMatchObject({ successful: 300, failed: 0 });
});

test.each([
  ["is missing", null],
  ["has no list of components", JSON.stringify({ name: "x", language: "en", components: 5 })],
  [
    "has a component that is null",
    JSON.stringify({ name: "x", language: "en", components: [null] }),
  ],
])(
  "a broadcast whose stored template %s pauses alone with a reason and fails no recipient",
  async (_, template_snapshot) => {
    await startDispatcher();
    const number = await stack.createNumber(1_000, 0);
    const broken = await createTestBroadcast(db, number, { recipients: 20, status: "paused" });
    await db
      .updateTable("whatsapp_broadcasts")
      .set({ template_snapshot, status: "sending" })
      .where("id", "=", broken.broadcastId)
      .execute();
    const other = await sendingBroadcast(20, 1_000);
    await expectState(other.broadcastId, { status: "completed" });
    await expectState(broken.broadcastId, { status: "paused", pause_reason: "unexpected_error" });
    await eventually(async () =>
      expect(await countsOf(broken.broadcastId)).toMatchObject({ failed: 0, unknown: 0 }),
    );
    expect(accepted(number.phoneNumberId)).toBe(0);
  },
);

test("one number's outage stops no other number", async () => {
  await startDispatcher();
  const away = await sendingBroadcast(200, 100);
  await eventually(() => expect(accepted(away.phoneNumberId)).toBeGreaterThan(5), soon);
  const phones = await db
    .selectFrom("whatsapp_broadcast_recipients")
    .where("broadcast_id", "=", away.broadcastId)
    .select("phone")
    .orderBy("id")
    // The other broadcast has the first ones.
    .offset(50)
    .execute();
  const trouble = { code: 131_000, in: "reply" };
  await control({ outcomes: Object.fromEntries(phones.map(({ phone }) => [phone, trouble])) });
  await eventually(async () => {
    const rows = await db.selectFrom("dispatchers").select("numbers_away").execute();
    expect(rows.flatMap((row) => Object.keys(row.numbers_away))).toEqual([away.phoneNumberId]);
  }, soon);
  const other = await sendingBroadcast(50, 1_000);
  await expectState(other.broadcastId, { status: "completed" });
  expect(await broadcastOf(away.broadcastId)).toMatchObject({ status: "sending" });
  await control({ outcomes: Object.fromEntries(phones.map(({ phone }) => [phone, null])) });
  await expectState(away.broadcastId, { status: "completed" });
});

test("a recipient with code 131049 waits a day outside the queue when the broadcast says so", async () => {
  await startDispatcher();
  const { broadcastId, recipientIds } = await sendingBroadcast(1, 100);
  await db
    .updateTable("whatsapp_broadcasts")
    .set({ marketing_cap: "retry_after_24h" })
    .where("id", "=", broadcastId)
    .execute();
  const [recipientId = ""] = recipientIds;
  const { phone } = await db
    .selectFrom("whatsapp_broadcast_recipients")
    .where("id", "=", recipientId)
    .select("phone")
    .executeTakeFirstOrThrow();
  await control({ outcomes: { [phone]: { code: 131_049, in: "reply", times: 1 } } });
  const waits = () =>
    db
      .selectFrom("whatsapp_broadcast_recipients")
      .where("id", "=", recipientId)
      .where("status", "=", "pending")
      .where("next_attempt_at", ">", sql<Date>`now() + interval '23 hours'`)
      .select("error_code")
      .execute();
  await eventually(async () => expect(await waits()).toEqual([{ error_code: "131049" }]), soon);
  expect(await broadcastOf(broadcastId)).toMatchObject({ status: "sending" });
  await db
    .updateTable("whatsapp_broadcast_recipients")
    .set({ next_attempt_at: new Date() })
    .where("id", "=", recipientId)
    .execute();
  await expectState(broadcastId, { status: "completed" });
});

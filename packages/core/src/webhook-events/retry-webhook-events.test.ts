import { randomBytes, randomUUID } from "node:crypto";
import type { WebhookEventReason } from "@loudhailer/contracts/webhook-event-reasons.ts";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import {
  createTestBroadcast,
  createTestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { sql } from "kysely";
import { afterAll, beforeEach, expect, test } from "vitest";
import { applyUpdate } from "../meta-updates/apply-update.ts";
import { encryptSecret } from "../secrets/encrypt-secret.ts";
import { forgetWebhookEvents } from "./forget-webhook-events.ts";
import { toRefusedEvent, keepWebhookEvents, type WebhookEvent } from "./keep-webhook-events.ts";
import { retryDueWebhookEvents, retryWebhookEvents } from "./retry-webhook-events.ts";
import { secretFingerprint } from "./secret-fingerprint.ts";

const { databaseUrl } = await useTestDatabase();
const owner = createDb(createPool({ connectionString: databaseUrl, max: 2 }));
const pool = createPool({ connectionString: databaseUrl, role: "loudhailer_engine" });
const db = createDb(pool);
afterAll(() => Promise.all([owner.destroy(), db.destroy()]));
beforeEach(async () => {
  await owner.deleteFrom("webhook_events").execute();
});

const keyring = { currentId: "k1", keys: new Map([["k1", randomBytes(32)]]) };
const platformAppSecret = "platform-secret";
const deps = { pool, db, keyring, platformAppSecret };

function eventOf(event: Partial<WebhookEvent>): WebhookEvent {
  return {
    organizationId: null,
    wabaId: null,
    phoneNumberId: null,
    field: "messages",
    payload: {},
    happenedAt: null,
    signedWith: null,
    reason: "unmatched_status",
    ...event,
  };
}

function keep(event: Partial<WebhookEvent>) {
  return keepWebhookEvents(db, [eventOf(event)]);
}

function events() {
  return owner
    .selectFrom("webhook_events")
    .select(["reason", "applied_at", "attempts", "next_attempt_at"])
    .orderBy("id")
    .execute();
}

async function makeDue(): Promise<void> {
  await sql`update webhook_events set next_attempt_at = now() where next_attempt_at is not null`.execute(
    owner,
  );
}

async function newBroadcast() {
  const organization = await createTestOrganization(owner);
  const { recipientIds } = await createTestBroadcast(owner, organization, {
    recipients: 1,
    attempts: 1,
  });
  const [recipientId = ""] = recipientIds;
  const wamid = `wamid.${randomUUID()}`;
  const { organizationId, phoneNumberId, wabaId } = organization;
  return {
    organization,
    of: { organizationId, phoneNumberId, wabaId },
    delivered: { statuses: [{ id: wamid, status: "delivered", timestamp: "1790000000" }] },
    settle: () =>
      owner
        .updateTable("whatsapp_broadcast_recipients")
        .set({ status: "sent", wamid, attempt_id: randomUUID() })
        .where("id", "=", recipientId)
        .execute(),
    status: async () =>
      (
        await owner
          .selectFrom("whatsapp_broadcast_recipients")
          .where("id", "=", recipientId)
          .select("status")
          .executeTakeFirstOrThrow()
      ).status,
  };
}

test("a status that arrives before its send is settled is matched automatically later", async () => {
  const { of, delivered, settle, status } = await newBroadcast();
  await keep({ ...of, payload: delivered });
  expect(await retryDueWebhookEvents(deps)).toBe(0);
  await makeDue();
  expect(await retryDueWebhookEvents(deps)).toBe(1);
  expect(await events()).toMatchObject([
    { reason: "unmatched_status", applied_at: null, attempts: 1 },
  ]);
  await settle();
  await makeDue();
  expect(await retryDueWebhookEvents(deps)).toBe(1);
  expect(await status()).toBe("delivered");
  expect((await events())[0]).toMatchObject({ attempts: 2, next_attempt_at: null });
  expect((await events())[0]?.applied_at).not.toBeNull();
});

test("an event that never applies is retried four times, then only by the operator", async () => {
  const { of, delivered, settle, status } = await newBroadcast();
  await keep({ ...of, payload: delivered });
  for (let attempt = 1; attempt <= 4; attempt++) {
    await makeDue();
    expect(await retryDueWebhookEvents(deps)).toBe(1);
  }
  expect(await events()).toMatchObject([{ attempts: 4, next_attempt_at: null, applied_at: null }]);
  await settle();
  expect(await retryWebhookEvents(deps)).toEqual({ applied: 1, kept: {} });
  expect(await status()).toBe("delivered");
  expect(await retryWebhookEvents(deps)).toEqual({ applied: 0, kept: {} });
});

test("an attempt isn't counted and is repeated when the database fails during it", async () => {
  const { of, delivered, settle, status } = await newBroadcast();
  await keep({ ...of, payload: delivered });
  await settle();
  await makeDue();
  const gone = createPool({ connectionString: databaseUrl, role: "loudhailer_engine" });
  await gone.end();
  await expect(retryDueWebhookEvents({ ...deps, pool: gone })).rejects.toThrow(/pool/);
  expect(await events()).toMatchObject([{ attempts: 0, applied_at: null }]);
  await makeDue();
  expect(await retryDueWebhookEvents(deps)).toBe(1);
  expect(await status()).toBe("delivered");
});

test("a due event is tried once when several processes retry at the same time", async () => {
  const { of, delivered } = await newBroadcast();
  for (let n = 0; n < 20; n++) await keep({ ...of, payload: delivered });
  await makeDue();
  const counts = await Promise.all(Array.from({ length: 4 }, () => retryDueWebhookEvents(deps)));
  expect(counts.reduce((sum, count) => sum + count)).toBe(20);
  expect((await events()).every(({ attempts }) => attempts === 1)).toBe(true);
});

test("an event that time can't resolve is retried only by the operator", async () => {
  const { of } = await newBroadcast();
  await keep({ ...of, field: "security", payload: { event: "X" }, reason: "unhandled_field" });
  expect(await events()).toMatchObject([{ next_attempt_at: null }]);
  expect(await retryWebhookEvents(deps)).toEqual({ applied: 0, kept: { unhandled_field: 1 } });
});

test("a number connected later gets earlier events when its own app secret signed them", async () => {
  const { organization, of, delivered, settle, status } = await newBroadcast();
  await settle();
  const unowned = {
    ...of,
    organizationId: null,
    payload: delivered,
    reason: "unknown_number",
  } as const;
  await owner
    .updateTable("whatsapp_providers")
    .set({ app_secret: encryptSecret(keyring, "own-secret") })
    .where("id", "=", organization.providerId)
    .execute();
  await keep({ ...unowned, signedWith: secretFingerprint("a stranger's") });
  await keep({ ...unowned, signedWith: secretFingerprint(platformAppSecret) });
  await keep(unowned);
  expect(await retryWebhookEvents(deps)).toEqual({ applied: 0, kept: { unknown_number: 3 } });
  expect(await status()).toBe("sent");
  await keep({ ...unowned, signedWith: secretFingerprint("own-secret") });
  expect(await retryWebhookEvents(deps)).toEqual({ applied: 1, kept: { unknown_number: 3 } });
  expect(await status()).toBe("delivered");
});

test("an event keeps its first owner when another organization has the number now", async () => {
  const { of, delivered, settle, status } = await newBroadcast();
  const other = await createTestOrganization(owner);
  await settle();
  await keep({ ...of, organizationId: other.organizationId, payload: delivered });
  expect(await retryWebhookEvents(deps)).toEqual({ applied: 0, kept: { unmatched_status: 1 } });
  expect(await status()).toBe("sent");
});

test("an unreadable shape and a refused event are applied once they are readable", async () => {
  const { of, delivered, settle, status } = await newBroadcast();
  await settle();
  const change = {
    field: "messages",
    value: { metadata: { phone_number_id: of.phoneNumberId }, ...delivered },
  };
  await keep({
    field: "",
    wabaId: of.wabaId,
    payload: { part: change },
    signedWith: secretFingerprint(platformAppSecret),
    reason: "unreadable_shape",
  });
  expect(await retryWebhookEvents(deps)).toEqual({ applied: 1, kept: {} });
  expect(await status()).toBe("delivered");

  const read = { statuses: [{ ...delivered.statuses[0], status: "read" }] };
  const event = eventOf({
    ...of,
    payload: read,
    signedWith: secretFingerprint(platformAppSecret),
  });
  await keepWebhookEvents(db, [toRefusedEvent(event, "22P05")]);
  expect(await retryWebhookEvents(deps)).toEqual({ applied: 1, kept: {} });
  expect(await status()).toBe("read");
});

test("an event that an earlier version stored as text is applied after failed attempts", async () => {
  const { of, delivered, settle, status } = await newBroadcast();
  const { phoneNumberId: phone_number_id, wabaId: waba_id } = of;
  await owner
    .insertInto("webhook_events")
    .values({
      phone_number_id,
      waba_id,
      field: "messages",
      payload: JSON.stringify({ text: JSON.stringify(delivered) }),
      reason: "unmatched_status, refused: 22P05",
      signed_with: secretFingerprint(platformAppSecret),
      next_attempt_at: new Date(),
    })
    .execute();
  expect(await retryDueWebhookEvents(deps)).toBe(1);
  expect(await events()).toMatchObject([{ reason: "unmatched_status", attempts: 1 }]);
  expect(await retryWebhookEvents(deps)).toEqual({ applied: 0, kept: { unmatched_status: 1 } });
  await settle();
  await makeDue();
  expect(await retryDueWebhookEvents(deps)).toBe(1);
  expect(await status()).toBe("delivered");
});

test("an event without an owner keeps the reason that another version stored", async () => {
  for (const reason of ["refused: 23503", "moon_is_full", "moon_is_full, refused: 22P05"]) {
    await owner
      .insertInto("webhook_events")
      .values({ field: "messages", payload: "{}", reason, next_attempt_at: new Date() })
      .execute();
  }
  expect(await retryDueWebhookEvents(deps)).toBe(3);
  expect(await events()).toMatchObject([
    { reason: "refused: 23503", next_attempt_at: expect.any(Date) },
    { reason: "moon_is_full", next_attempt_at: null },
    { reason: "moon_is_full, refused: 22P05", next_attempt_at: expect.any(Date) },
  ]);
  expect(await retryWebhookEvents(deps)).toEqual({
    applied: 0,
    kept: { "refused: 23503": 1, moon_is_full: 1, "moon_is_full, refused: 22P05": 1 },
  });
});

test("thousands of events are retried page by page, each once", async () => {
  const { of } = await newBroadcast();
  const many = Array.from({ length: 1_200 }, (_, n) => ({
    ...of,
    field: "messages",
    payload: { statuses: [{ id: `wamid.${n}`, status: "sent" }] },
    happenedAt: null,
    signedWith: null,
    reason: "unmatched_status" as const,
  }));
  await keepWebhookEvents(db, many);
  expect(await retryWebhookEvents(deps)).toEqual({ applied: 0, kept: { unmatched_status: 1_200 } });
});

test("large events are retried a few at a time until all are tried", async () => {
  const { of } = await newBroadcast();
  for (let n = 0; n < 5; n++) {
    const statuses = Array.from({ length: 4_000 }, (_, index) => ({
      id: `wamid.${n}-${index}`,
      status: "sent",
      padding: "x".repeat(80),
    }));
    await keep({ ...of, payload: { statuses } });
  }
  await makeDue();
  expect(await retryDueWebhookEvents(deps)).toBeLessThan(5);
  while ((await retryDueWebhookEvents(deps)) > 0);
  expect((await events()).map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1, 1]);
  expect(await retryWebhookEvents(deps)).toEqual({ applied: 0, kept: { unmatched_status: 5 } });
});

test("an event is retried for one part when another part never applies", async () => {
  const { of, delivered, settle, status } = await newBroadcast();
  const [early] = delivered.statuses;
  const unowned = { ...of, organizationId: null, reason: "unknown_number" } as const;
  await keep({
    ...unowned,
    payload: { statuses: [{ ...early, status: "played" }, early] },
    signedWith: secretFingerprint(platformAppSecret),
  });
  await makeDue();
  expect(await retryDueWebhookEvents(deps)).toBe(1);
  await settle();
  await makeDue();
  expect(await retryDueWebhookEvents(deps)).toBe(1);
  expect(await status()).toBe("delivered");
  expect(await events()).toMatchObject([{ reason: "unknown_status", applied_at: null }]);
});

test("a retried update without its own time doesn't override a later one", async () => {
  const { organization, of } = await newBroadcast();
  const value = { message_template_name: "not_yet_here", message_template_language: "en-US" };
  await keep({
    ...of,
    field: "message_template_status_update",
    payload: { ...value, event: "APPROVED" },
    reason: "unknown_template",
  });
  await sql`update webhook_events set received_at = now() - interval '1 minute'`.execute(owner);
  await owner
    .updateTable("whatsapp_templates")
    .set({ name: "not_yet_here" })
    .where("id", "=", organization.templateId)
    .execute();
  const paused = await applyUpdate(db, {
    organizationId: of.organizationId,
    wabaId: of.wabaId,
    field: "message_template_status_update",
    value: { ...value, event: "PAUSED" },
    happenedAt: new Date(),
  });
  expect(paused).toEqual({ applied: true });
  expect(await retryWebhookEvents(deps)).toEqual({ applied: 0, kept: { older_than_applied: 1 } });
});

test("events are deleted after 30 days, and after 7 when they are unmatched or applied", async () => {
  const { of } = await newBroadcast();
  const ages = async (reason: WebhookEventReason, days: number, isApplied = false) => {
    await keep({ ...of, reason, payload: { reason, days, isApplied } });
    await sql`
      update webhook_events set received_at = now() - ${days} * interval '1 day',
        applied_at = case when ${isApplied} then now() end
      where payload = ${JSON.stringify({ reason, days, isApplied })}::jsonb
    `.execute(owner);
  };
  await ages("unmatched_status", 6);
  await ages("unmatched_status", 8);
  await ages("unhandled_field", 29);
  await ages("unhandled_field", 31);
  await ages("unknown_template", 8, true);
  expect(await forgetWebhookEvents(db)).toBe(3);
  expect((await events()).map(({ reason }) => reason)).toEqual([
    "unmatched_status",
    "unhandled_field",
  ]);
});

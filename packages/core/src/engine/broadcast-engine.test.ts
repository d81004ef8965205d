import { randomUUID } from "node:crypto";
import { settleRecipients } from "@loudhailer/db/settle-recipients.ts";
import { claimRecipients } from "@loudhailer/pacing/claim-recipients.ts";
import { broadcastCounts } from "@loudhailer/testing/broadcast-counts.ts";
import {
  createTestBroadcast,
  createTestOrganization,
  type TestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { ownNumber } from "@loudhailer/testing/own-number.ts";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { createBroadcast } from "../broadcasts/create-broadcast.ts";
import { getBroadcast } from "../broadcasts/get-broadcast.ts";
import { launchBroadcast } from "../broadcasts/launch-broadcast.ts";
import { listRecipients } from "../broadcasts/list-recipients.ts";
import { DomainError } from "../domain-error.ts";
import { useControl } from "../testing/test-control.ts";
import { completeBroadcasts } from "./complete-broadcasts.ts";
import { launchDueBroadcasts } from "./launch-due-broadcasts.ts";
import { prepareNextSlice } from "./prepare-broadcast.ts";
import { forgetLostClaims, sweepDeadDispatchers } from "./sweep-dead-dispatchers.ts";

const { owner, enginePool, engine, contextOf } = await useControl();

const testClaim = randomUUID();
const everyone = { combinator: "and" as const, rules: [] };

async function claimAs(dispatcherId: string, phoneNumberId: string, ids: readonly string[]) {
  const epoch = await ownNumber(owner, phoneNumberId, dispatcherId);
  const attempts = ids.map((recipientId) => ({ recipientId, attemptId: testClaim }));
  const claim = { attempts, phoneNumberId, dispatcherId, epoch, seen: null };
  return claimRecipients(enginePool, claim);
}

function sent(recipientId: string) {
  return { recipientId, attemptId: testClaim, status: "sent" as const, wamid: recipientId };
}

function draft(organization: TestOrganization, changes: object = {}) {
  return createBroadcast(contextOf(organization), {
    name: "Spring",
    providerId: organization.providerId,
    templateId: organization.templateId,
    segmentCriteria: everyone,
    variables: { body: { 1: { source: "field" as const, field: "name" } } },
    ...changes,
  });
}

describe("creating, launching, and reading a broadcast", () => {
  test("rejects missing and unknown variables by name and stores nothing", async () => {
    const organization = await createTestOrganization(owner);
    const variables = { body: { 2: { source: "text" as const, value: "x" } } };
    const refusal = await draft(organization, { variables }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DomainError);
    expect(refusal).toMatchObject({
      code: "invalid_input",
      details: {
        fields: [
          { path: "variables.body.2", problem: "unknown" },
          { path: "variables.body.1", problem: "missing" },
        ],
      },
    });
    const rows = await owner
      .selectFrom("whatsapp_broadcasts")
      .where("organization_id", "=", organization.organizationId)
      .selectAll()
      .execute();
    expect(rows).toEqual([]);
  });

  test("rejects a launch and keeps the draft when the template isn't approved", async () => {
    const organization = await createTestOrganization(owner);
    const broadcast = await draft(organization);
    await owner
      .updateTable("whatsapp_templates")
      .set({ status: "PAUSED" })
      .where("id", "=", organization.templateId)
      .execute();
    const ctx = contextOf(organization);
    await expect(launchBroadcast(ctx, broadcast.id)).rejects.toMatchObject({
      code: "template_not_approved",
    });
    expect(await getBroadcast(ctx, broadcast.id)).toMatchObject({ status: "draft" });
  });

  test("accepts one of two concurrent launches and rejects the other with the current status", async () => {
    const organization = await createTestOrganization(owner);
    const broadcast = await draft(organization);
    const ctx = contextOf(organization);
    const outcomes = await Promise.allSettled([
      launchBroadcast(ctx, broadcast.id),
      launchBroadcast(ctx, broadcast.id),
    ]);
    expect(outcomes.map((outcome) => outcome.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(outcomes.find((outcome) => outcome.status === "rejected")).toMatchObject({
      reason: { code: "conflict", details: { status: "preparing" } },
    });
  });

  test("rejects another organization's broadcast as not found", async () => {
    const broadcast = await draft(await createTestOrganization(owner));
    const stranger = contextOf(await createTestOrganization(owner));
    await expect(getBroadcast(stranger, broadcast.id)).rejects.toMatchObject({ code: "not_found" });
    await expect(launchBroadcast(stranger, broadcast.id)).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("launches a broadcast at once when its schedule was missed while nothing ran", async () => {
    const organization = await createTestOrganization(owner);
    const scheduledAt = new Date(Date.now() + 60_000).toISOString();
    const broadcast = await draft(organization, { scheduledAt });
    expect(broadcast.status).toBe("scheduled");
    await owner
      .updateTable("whatsapp_broadcasts")
      .set({ scheduled_at: sql`now() - interval '50 minutes'` })
      .where("id", "=", broadcast.id)
      .execute();
    await launchDueBroadcasts(engine);
    expect(await getBroadcast(contextOf(organization), broadcast.id)).toMatchObject({
      status: "preparing",
    });
    await prepareNextSlice(engine);
  });
});

describe("sweepDeadDispatchers", () => {
  test("makes only a dead dispatcher's claims unknown", async () => {
    const organization = await createTestOrganization(owner);
    const { broadcastId, recipientIds } = await createTestBroadcast(owner, organization, {
      recipients: 6,
    });
    const [dead, alive] = [randomUUID(), randomUUID()];
    await owner
      .insertInto("dispatchers")
      .values([
        { id: dead, last_seen_at: new Date(Date.now() - 16_000) },
        { id: alive, last_seen_at: new Date(Date.now() - 10_000) },
      ])
      .execute();
    const { phoneNumberId } = organization;
    await setCursor(broadcastId, recipientIds.at(-1));
    for (const [at, dispatcherId] of [dead, alive].entries()) {
      const ids = recipientIds.slice(at * 2, at * 2 + 2);
      await claimAs(dispatcherId, phoneNumberId, ids);
    }
    await sweepDeadDispatchers(engine);
    const { items } = await listRecipients(contextOf(organization), { broadcastId, limit: 50 });
    expect(items.map((item) => item.status)).toEqual([
      "unknown",
      "unknown",
      "sending",
      "sending",
      "pending",
      "pending",
    ]);
    const { counters, rows } = await broadcastCounts(owner, broadcastId);
    expect(counters).toEqual(rows);
  });
});

function setCursor(broadcastId: string, feed_cursor = "0") {
  return owner
    .updateTable("whatsapp_broadcasts")
    .set({ feed_cursor })
    .where("id", "=", broadcastId)
    .execute();
}

test("a claim of an unregistered dispatcher becomes unknown", async () => {
  const organization = await createTestOrganization(owner);
  const { broadcastId, recipientIds } = await createTestBroadcast(owner, organization, {
    recipients: 2,
  });
  await owner
    .updateTable("whatsapp_broadcast_recipients")
    .set({
      status: "sending",
      claimed_by: randomUUID(),
      claimed_at: new Date(Date.now() - 20_000),
      attempts: 1,
    })
    .where("id", "=", recipientIds[0] ?? "")
    .execute();
  await setCursor(broadcastId, recipientIds[1]);
  await forgetLostClaims(engine);
  const { items } = await listRecipients(contextOf(organization), { broadcastId, limit: 50 });
  expect(items.map((item) => item.status)).toEqual(["unknown", "pending"]);
});

test("a broadcast completes only once every recipient is settled", async () => {
  const organization = await createTestOrganization(owner);
  const ctx = contextOf(organization);
  const { broadcastId, recipientIds } = await createTestBroadcast(owner, organization, {
    recipients: 2,
  });
  const dispatcherId = randomUUID();
  await owner.insertInto("dispatchers").values({ id: dispatcherId }).execute();
  const { phoneNumberId } = organization;
  await claimAs(dispatcherId, phoneNumberId, recipientIds);
  await settleRecipients(enginePool, recipientIds.slice(0, 1).map(sent));
  await completeBroadcasts(engine);
  expect(await getBroadcast(ctx, broadcastId)).toMatchObject({ status: "sending" });
  await settleRecipients(enginePool, recipientIds.slice(1).map(sent));
  await completeBroadcasts(engine);
  expect(await getBroadcast(ctx, broadcastId)).toMatchObject({
    status: "completed",
    successfulSends: 2,
    pendingCount: 0,
  });
});

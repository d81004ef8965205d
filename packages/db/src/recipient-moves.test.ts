import { randomUUID } from "node:crypto";
import { broadcastCounts } from "@loudhailer/testing/broadcast-counts.ts";
import {
  createTestBroadcast,
  createTestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { applyStatuses, type StatusUpdate } from "./apply-statuses.ts";
import { claimRecipients } from "./claim-recipients.ts";
import { createDb } from "./create-db.ts";
import { createPool } from "./create-pool.ts";
import { releaseClaim } from "./release-claim.ts";
import { takeSlots } from "./take-slots.ts";
import { settleRecipients, type Settlement } from "./settle-recipients.ts";

const { databaseUrl } = await useTestDatabase();
const owner = createDb(createPool({ connectionString: databaseUrl, max: 2 }));
const pool = createPool({ connectionString: databaseUrl, role: "loudhailer_engine" });
afterAll(async () => {
  await pool.end();
  await owner.destroy();
});

const testClaim = randomUUID();

let dispatcherId: string;
beforeEach(async () => {
  await owner.deleteFrom("dispatchers").execute();
  dispatcherId = await registerDispatcher(60);
});

async function registerDispatcher(secondsAgo: number): Promise<string> {
  const id = randomUUID();
  const started_at = new Date(Date.now() - secondsAgo * 1_000);
  await owner.insertInto("dispatchers").values({ id, started_at }).execute();
  return id;
}

async function sendingBroadcast(recipients: number, messagesPerSecond = 10_000) {
  const organization = await createTestOrganization(owner, { messagesPerSecond });
  const broadcast = await createTestBroadcast(owner, organization, { recipients });
  const { phoneNumberId } = organization;
  const claim = (ids = broadcast.recipientIds, by = dispatcherId, claimId = testClaim) =>
    claimRecipients(pool, { ids, phoneNumberId, dispatcherId: by, claimId });
  return { organization, phoneNumberId, claim, ...broadcast };
}

function status(
  organizationId: string,
  recipientId: string | null,
  name: StatusUpdate["status"],
  wamid = `wamid.${recipientId}`,
): StatusUpdate {
  const failed = name === "failed";
  return {
    organizationId,
    recipientId,
    wamid,
    status: name,
    at: new Date("2026-11-24T12:00:00Z"),
    errorCode: failed ? "131026" : null,
    errorTitle: failed ? "Message undeliverable" : null,
    errorDetails: null,
    billable: null,
    pricingCategory: null,
  };
}

function sent(recipientId: string): Settlement {
  return { recipientId, claimId: testClaim, status: "sent", wamid: `wamid.${recipientId}` };
}

function putBack(recipientId: string, claimId: string, delayMs = 0): Settlement {
  const rest = { delayMs, countsAsAttempt: false, error: null };
  return { recipientId, claimId, status: "pending", ...rest };
}

async function withContact(optedOut: boolean) {
  const broadcast = await sendingBroadcast(2);
  const { organizationId } = broadcast.organization;
  const { id } = await owner
    .insertInto("contacts")
    .values({
      organization_id: organizationId,
      phone: "+15550300001",
      opted_out_at: optedOut ? new Date() : null,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  const [recipientId = ""] = broadcast.recipientIds;
  await owner
    .updateTable("whatsapp_broadcast_recipients")
    .set({ contact_id: id })
    .where("id", "=", recipientId)
    .execute();
  const contact = () =>
    owner
      .selectFrom("contacts")
      .where("id", "=", id)
      .select(["opted_out_at", "opt_out_source"])
      .executeTakeFirstOrThrow();
  return { ...broadcast, organizationId, recipientId, contact };
}

async function statusesOf(ids: string[]): Promise<string[]> {
  const rows = await owner
    .selectFrom("whatsapp_broadcast_recipients")
    .where("id", "in", ids)
    .select("status")
    .orderBy("id")
    .execute();
  return rows.map((row) => row.status);
}

describe("claim", () => {
  test("of many claims at once, one alone gets each recipient", async () => {
    const { recipientIds, claim } = await sendingBroadcast(200);
    const other = await registerDispatcher(60);
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        at % 2 === 0 ? claim() : claim(recipientIds.toReversed(), other),
      ),
    );
    const claimed = claims.flatMap((answer) => answer.claimed.map((row) => row.id));
    expect(claimed.toSorted()).toEqual(recipientIds.toSorted());
  });

  test("a paused broadcast's recipients can't be claimed", async () => {
    const { claim, broadcastId } = await sendingBroadcast(3);
    await owner
      .updateTable("whatsapp_broadcasts")
      .set({ status: "paused" })
      .where("id", "=", broadcastId)
      .execute();
    expect(await claim()).toMatchObject({ claimed: [], isFull: false });
  });

  test("a recipient put back is not claimed before it is due", async () => {
    const { recipientIds, claim } = await sendingBroadcast(1);
    const [recipientId = ""] = recipientIds;
    await claim();
    await settleRecipients(pool, [putBack(recipientId, testClaim, 60_000)]);
    expect(await claim()).toMatchObject({ claimed: [] });
    await owner
      .updateTable("whatsapp_broadcast_recipients")
      .set({ next_attempt_at: new Date() })
      .where("id", "=", recipientId)
      .execute();
    expect(await claim()).toMatchObject({ claimed: [{ attempts: 1 }] });
  });

  test("a dispatcher that was swept away can't claim", async () => {
    const { recipientIds, claim } = await sendingBroadcast(1);
    expect(await claim(recipientIds, randomUUID())).toMatchObject({ claimed: [], isFull: true });
  });

  test("slots of all claims together are at least 1/rate apart, and none is far ahead", async () => {
    const { recipientIds, claim } = await sendingBroadcast(200, 80);
    await registerDispatcher(60);
    const answers = [];
    for (let at = 0; at < 10; at++) {
      answers.push(await claim(recipientIds.slice(at * 20, at * 20 + 5)));
    }
    const slots = answers.flatMap((answer) => answer.claimed.map((row) => row.slotAtMs));
    // From 200 to 250 ms ahead there are 4 slots at 80/s, and a few more as time goes on.
    expect(slots.length).toBeGreaterThanOrEqual(4);
    expect(slots.length).toBeLessThan(40);
    expect(answers.at(-1)).toMatchObject({ isFull: true });
    const sorted = slots.toSorted((a, b) => a - b);
    for (const [at, slot] of sorted.slice(1).entries()) {
      expect(slot - (sorted[at] ?? 0)).toBeGreaterThan(12.5);
    }
    const last = answers.at(-1)?.nowMs ?? 0;
    expect((sorted.at(-1) ?? 0) - last).toBeLessThanOrEqual(263);
  });

  test("who joins a lone dispatcher claims nothing before that one has stopped catching up", async () => {
    const { recipientIds, claim } = await sendingBroadcast(3);
    const newcomer = await registerDispatcher(0);
    expect(await claim(recipientIds, newcomer)).toMatchObject({ claimed: [], isFull: true });
    expect(await claim([recipientIds[0] ?? ""])).toMatchObject({
      claimed: [{ attempts: 1 }],
      dispatchers: 2,
      claimants: 1,
    });
    await registerDispatcher(60);
    expect(await claim([recipientIds[1] ?? ""], newcomer)).toMatchObject({
      claimed: [{ attempts: 1 }],
      claimants: 3,
    });
  });

  test("dispatchers that start together wait for nobody", async () => {
    const { recipientIds, claim } = await sendingBroadcast(1);
    await owner.deleteFrom("dispatchers").execute();
    await registerDispatcher(0);
    expect((await claim(recipientIds, await registerDispatcher(0))).claimed).toHaveLength(1);
  });

  test.each([true, false])(
    "a clock that was set back stops no number (lone: %s)",
    async (isLone) => {
      const { organization, recipientIds, phoneNumberId } = await sendingBroadcast(5, 80);
      await owner
        .updateTable("whatsapp_providers")
        .set({ next_slot_at: new Date(Date.now() + 3_600_000) })
        .where("id", "=", organization.providerId)
        .execute();
      const { slotsAtMs, nowMs } = await takeSlots(pool, phoneNumberId, 1);
      expect((slotsAtMs[0] ?? 0) - nowMs).toBeLessThan(1_000);
      await owner
        .updateTable("whatsapp_providers")
        .set({ next_slot_at: new Date(Date.now() + 3_600_000) })
        .where("id", "=", organization.providerId)
        .execute();
      await owner.deleteFrom("dispatchers").where("id", "!=", dispatcherId).execute();
      const claim = { ids: recipientIds, phoneNumberId, dispatcherId, claimId: testClaim, isLone };
      const { claimed, nowMs: claimedAtMs } = await claimRecipients(pool, claim);
      expect(claimed.length).toBeGreaterThan(0);
      for (const { slotAtMs } of claimed) expect(slotAtMs - claimedAtMs).toBeLessThan(1_000);
    },
  );

  test("a number that is on hold gives no slots", async () => {
    const { organization, claim } = await sendingBroadcast(1);
    await owner
      .updateTable("whatsapp_providers")
      .set({ held_until: new Date(Date.now() + 60_000) })
      .where("id", "=", organization.providerId)
      .execute();
    expect(await claim()).toMatchObject({ claimed: [], isFull: true });
  });
});

describe("settle", () => {
  test("moves rows and counters together", async () => {
    const { claim, recipientIds, broadcastId } = await sendingBroadcast(3);
    await claim();
    const [first = "", second = "", third = ""] = recipientIds;
    const error = { code: "131026", title: "Message undeliverable", details: null };
    await settleRecipients(pool, [
      sent(first),
      { recipientId: second, claimId: testClaim, status: "failed", error },
      { recipientId: third, claimId: testClaim, status: "unknown", error },
    ]);
    expect(await statusesOf(recipientIds)).toEqual(["sent", "failed", "unknown"]);
    const { counters, rows } = await broadcastCounts(owner, broadcastId);
    expect(counters).toEqual(rows);
    expect(counters).toMatchObject({ successful: 1, failed: 1, unknown: 1 });
  });

  test("does not move back what a webhook has already said", async () => {
    const { organization, claim, recipientIds, broadcastId } = await sendingBroadcast(1);
    const [recipientId = ""] = recipientIds;
    await claim();
    await applyStatuses(pool, [status(organization.organizationId, recipientId, "delivered")]);
    await settleRecipients(pool, [sent(recipientId)]);
    expect(await statusesOf(recipientIds)).toEqual(["delivered"]);
    const { counters, rows } = await broadcastCounts(owner, broadcastId);
    expect(counters).toEqual(rows);
  });

  test("the echo of an earlier claim can't put back who is being sent again", async () => {
    const { claim, recipientIds } = await sendingBroadcast(1);
    const [recipientId = ""] = recipientIds;
    const [first, second] = [randomUUID(), randomUUID()];
    await claim(recipientIds, dispatcherId, first);
    await settleRecipients(pool, [putBack(recipientId, first)]);
    await settleRecipients(pool, [putBack(recipientId, first)]);
    expect(await claim(recipientIds, dispatcherId, second)).toMatchObject({
      claimed: [{ attempts: 1 }],
    });
    await settleRecipients(pool, [putBack(recipientId, first)]);
    expect(await statusesOf(recipientIds)).toEqual(["sending"]);
  });

  test("sent counts whatever became of the claim, so that nobody is sent twice", async () => {
    const { claim, recipientIds } = await sendingBroadcast(1);
    const [recipientId = ""] = recipientIds;
    const claimId = randomUUID();
    await claim(recipientIds, dispatcherId, claimId);
    await settleRecipients(pool, [putBack(recipientId, claimId)]);
    await settleRecipients(pool, [{ ...sent(recipientId), claimId }]);
    expect(await statusesOf(recipientIds)).toEqual(["sent"]);
    expect(await claim()).toMatchObject({ claimed: [] });
  });

  test("words that PostgreSQL can't store don't stop a settlement", async () => {
    const { claim, recipientIds } = await sendingBroadcast(1);
    const [recipientId = ""] = recipientIds;
    await claim();
    const error = { code: "1", title: "bad\0title", details: "\0" };
    await settleRecipients(pool, [{ recipientId, claimId: testClaim, status: "failed", error }]);
    expect(await statusesOf(recipientIds)).toEqual(["failed"]);
  });

  test("a broadcast that had ended goes on when a recipient turns out not to have been sent", async () => {
    const { claim, recipientIds, broadcastId } = await sendingBroadcast(1);
    const [recipientId = ""] = recipientIds;
    await claim();
    await owner
      .updateTable("whatsapp_broadcasts")
      .set({ status: "completed", completed_at: new Date() })
      .where("id", "=", broadcastId)
      .execute();
    await settleRecipients(pool, [putBack(recipientId, testClaim)]);
    const broadcast = await owner
      .selectFrom("whatsapp_broadcasts")
      .where("id", "=", broadcastId)
      .select(["status", "completed_at"])
      .executeTakeFirstOrThrow();
    expect(broadcast).toEqual({ status: "sending", completed_at: null });
  });
});

describe("a claim whose answer was lost", () => {
  test("is taken back, once, and is nobody's but its own", async () => {
    const { claim, recipientIds } = await sendingBroadcast(2);
    const [lost, other] = [randomUUID(), randomUUID()];
    await claim(recipientIds.slice(0, 1), dispatcherId, lost);
    await claim(recipientIds.slice(1), dispatcherId, other);
    await releaseClaim(pool, recipientIds, lost);
    await releaseClaim(pool, recipientIds, lost);
    expect(await statusesOf(recipientIds)).toEqual(["pending", "sending"]);
    expect(await claim()).toMatchObject({ claimed: [{ attempts: 1 }] });
  });
});

describe("statuses", () => {
  test("in any order and repeated, they end at the highest rank with exact counters", async () => {
    const { organization, claim, recipientIds, broadcastId } = await sendingBroadcast(2);
    const [first = "", second = ""] = recipientIds;
    const { organizationId } = organization;
    await claim();
    await settleRecipients(pool, recipientIds.map(sent));
    await applyStatuses(pool, [
      status(organizationId, first, "read"),
      status(organizationId, first, "sent"),
      status(organizationId, second, "failed"),
    ]);
    await applyStatuses(pool, [
      status(organizationId, first, "delivered"),
      status(organizationId, first, "read"),
      status(organizationId, second, "sent"),
    ]);
    expect(await statusesOf(recipientIds)).toEqual(["read", "failed"]);
    const { counters, rows } = await broadcastCounts(owner, broadcastId);
    expect(counters).toEqual(rows);
    expect(counters).toMatchObject({ successful: 1, failed: 1, delivered: 1, read: 1 });
  });

  test("settle an unknown recipient", async () => {
    const { organization, claim, recipientIds, broadcastId } = await sendingBroadcast(1);
    const [recipientId = ""] = recipientIds;
    await claim();
    const error = { code: "no_answer", title: "No answer", details: null };
    await settleRecipients(pool, [{ recipientId, claimId: testClaim, status: "unknown", error }]);
    await applyStatuses(pool, [status(organization.organizationId, recipientId, "sent")]);
    expect(await statusesOf(recipientIds)).toEqual(["sent"]);
    const { counters, rows } = await broadcastCounts(owner, broadcastId);
    expect(counters).toEqual(rows);
    expect(counters).toMatchObject({ successful: 1, unknown: 0 });
  });

  test("of another organization touch nothing and come back unmatched", async () => {
    const { recipientIds } = await sendingBroadcast(1);
    const stranger = await createTestOrganization(owner);
    const [recipientId = ""] = recipientIds;
    const update = status(stranger.organizationId, recipientId, "read");
    expect(await applyStatuses(pool, [update])).toEqual({ unmatched: [update] });
    expect(await statusesOf(recipientIds)).toEqual(["pending"]);
  });

  test("of another program's messages, with callback data like ours, touch nothing", async () => {
    const { organization, claim, recipientIds } = await sendingBroadcast(2);
    const [first = "", second = ""] = recipientIds;
    await claim([first]);
    await settleRecipients(pool, [sent(first)]);
    const updates = [
      status(organization.organizationId, first, "read", "wamid.other"),
      status(organization.organizationId, second, "read", "wamid.another"),
    ];
    expect(await applyStatuses(pool, updates)).toEqual({ unmatched: updates });
    expect(await statusesOf(recipientIds)).toEqual(["sent", "pending"]);
  });

  test("without our callback data are matched by wamid", async () => {
    const { organization, claim, recipientIds } = await sendingBroadcast(1);
    const [recipientId = ""] = recipientIds;
    await claim();
    await settleRecipients(pool, [sent(recipientId)]);
    const known = status(organization.organizationId, null, "delivered", `wamid.${recipientId}`);
    const unknown = status(organization.organizationId, null, "delivered", "wamid.none");
    expect(await applyStatuses(pool, [known, unknown])).toEqual({ unmatched: [unknown] });
    expect(await statusesOf(recipientIds)).toEqual(["delivered"]);
  });
});

describe("people who don't want it", () => {
  test("who opted out after the launch is skipped at the claim, counted, and takes no slot", async () => {
    const { claim, recipientIds, broadcastId } = await withContact(true);
    const { claimed, isFull } = await claim();
    expect(claimed.map((row) => row.id)).toEqual(recipientIds.slice(1));
    expect(isFull).toBe(false);
    expect(await statusesOf(recipientIds)).toEqual(["skipped", "sending"]);
    const { counters, rows } = await broadcastCounts(owner, broadcastId);
    expect(counters).toEqual(rows);
    expect(counters).toMatchObject({ skipped: 1 });
  });

  test("131050 opts the contact out, in the answer as in a status", async () => {
    const inAnswer = await withContact(false);
    await inAnswer.claim();
    const error = { code: "131050", title: "Stopped", details: null };
    await settleRecipients(pool, [
      { recipientId: inAnswer.recipientId, claimId: testClaim, status: "failed", error },
    ]);
    const inStatus = await withContact(false);
    await inStatus.claim();
    await settleRecipients(pool, inStatus.recipientIds.map(sent));
    await applyStatuses(pool, [
      { ...status(inStatus.organizationId, inStatus.recipientId, "failed"), errorCode: "131050" },
    ]);
    for (const { contact, broadcastId } of [inAnswer, inStatus]) {
      expect(await contact()).toEqual({
        opted_out_at: expect.any(Date),
        opt_out_source: "meta_131050",
      });
      const { counters, rows } = await broadcastCounts(owner, broadcastId);
      expect(counters).toEqual(rows);
    }
  });

  test("131049 fails, or waits a day and is sent again where the broadcast says so", async () => {
    const failing = await sendingBroadcast(1);
    const waiting = await sendingBroadcast(1);
    await owner
      .updateTable("whatsapp_broadcasts")
      .set({ marketing_cap: "retry-after-24h" })
      .where("id", "=", waiting.broadcastId)
      .execute();
    for (const { claim, recipientIds, organization } of [failing, waiting]) {
      await claim();
      await settleRecipients(pool, recipientIds.map(sent));
      const [recipientId = ""] = recipientIds;
      const capped = {
        ...status(organization.organizationId, recipientId, "failed"),
        errorCode: "131049",
      };
      await applyStatuses(pool, [capped]);
      // Late news of the message that failed don't count for the one to come.
      const late = status(organization.organizationId, recipientId, "sent");
      expect(await applyStatuses(pool, [late, capped])).toEqual({ unmatched: [] });
      await settleRecipients(pool, [sent(recipientId)]);
    }
    expect(await statusesOf(failing.recipientIds)).toEqual(["failed"]);
    expect(await statusesOf(waiting.recipientIds)).toEqual(["pending"]);
    const row = await owner
      .selectFrom("whatsapp_broadcast_recipients")
      .where("broadcast_id", "=", waiting.broadcastId)
      .selectAll()
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ wamid: null, retried_wamids: [`wamid.${row.id}`], sent_at: null });
    const waitMs = (row.next_attempt_at?.getTime() ?? 0) - Date.now();
    expect(waitMs).toBeGreaterThan(86_000_000);
    const { counters, rows } = await broadcastCounts(owner, waiting.broadcastId);
    expect(counters).toEqual(rows);
    await owner
      .updateTable("whatsapp_broadcast_recipients")
      .set({ next_attempt_at: new Date() })
      .where("id", "=", row.id)
      .execute();
    await waiting.claim();
    await settleRecipients(pool, [
      { recipientId: row.id, claimId: testClaim, status: "sent", wamid: "wamid.second" },
    ]);
    const delivered = status(row.organization_id, row.id, "delivered", "wamid.second");
    expect(await applyStatuses(pool, [delivered])).toEqual({ unmatched: [] });
    expect(await statusesOf(waiting.recipientIds)).toEqual(["delivered"]);
  });
});

test("dispatchers and webhooks on the same rows at once don't deadlock, counters stay exact", async () => {
  const { organization, claim, recipientIds, broadcastId } = await sendingBroadcast(300);
  const shuffled = recipientIds.toSorted((a, b) => Number(BigInt(a) % 7n) - Number(BigInt(b) % 7n));
  await claim();
  await Promise.all([
    ...chunks(recipientIds, 30).map((ids) => settleRecipients(pool, ids.map(sent))),
    ...(["sent", "read", "delivered"] as const).flatMap((name) =>
      chunks(shuffled, 40).map((ids) =>
        applyStatuses(
          pool,
          ids.map((id) => status(organization.organizationId, id, name)),
        ),
      ),
    ),
  ]);
  const { counters, rows } = await broadcastCounts(owner, broadcastId);
  expect(counters).toEqual(rows);
  expect(counters).toMatchObject({ successful: 300, read: 300 });
});

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}

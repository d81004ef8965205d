import { randomUUID } from "node:crypto";
import { settleRecipients } from "@loudhailer/db/settle-recipients.ts";
import { expect, test } from "vitest";
import { releaseClaim } from "./release-claim.ts";
import { putBack, testClaim, useSendingBroadcasts } from "./testing/use-sending-broadcasts.ts";

const { owner, pool, dispatcherId, registerDispatcher, sendingBroadcast, statusesOf } =
  await useSendingBroadcasts();

test("each recipient goes to only one claim when many run at once", async () => {
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

test("an unregistered dispatcher can't claim", async () => {
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
  // From 200 to 250 ms ahead there are 4 slots at 80/s, and a few more as time passes.
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

test("a dispatcher that joins a lone one claims nothing until that one stops catching up", async () => {
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

test("dispatchers that start together claim without waiting", async () => {
  const { recipientIds, claim } = await sendingBroadcast(1);
  await owner.deleteFrom("dispatchers").execute();
  await registerDispatcher(0);
  expect((await claim(recipientIds, await registerDispatcher(0))).claimed).toHaveLength(1);
});

test("a release puts back only the recipients of the lost claim, and only once", async () => {
  const { claim, recipientIds } = await sendingBroadcast(2);
  const [lost, other] = [randomUUID(), randomUUID()];
  await claim(recipientIds.slice(0, 1), dispatcherId, lost);
  await claim(recipientIds.slice(1), dispatcherId, other);
  const attempts = recipientIds.map((recipientId) => ({ recipientId, attemptId: lost }));
  await releaseClaim(pool, attempts);
  await releaseClaim(pool, attempts);
  expect(await statusesOf(recipientIds)).toEqual(["pending", "sending"]);
  expect(await claim()).toMatchObject({ claimed: [{ attempts: 1 }] });
});

test("a claim reports when the number has a slot again", async () => {
  const { claim } = await sendingBroadcast(3, 1);
  await registerDispatcher(60);
  const { claimed, slotMs, roomInMs } = await claim();
  expect(claimed).toHaveLength(1);
  expect(slotMs).toBeCloseTo(1_015);
  // The slot was 200 ms ahead, and slots are given out up to 250 ms ahead.
  expect(roomInMs).toBeGreaterThan(800);
  expect(roomInMs).toBeLessThanOrEqual(965);
});

test("a claim reports how long a number is on hold without slots or waiting for a lock", async () => {
  const { organization, claim } = await sendingBroadcast(1);
  await owner.transaction().execute(async (trx) => {
    const number = (db: typeof owner) =>
      db.updateTable("whatsapp_providers").where("id", "=", organization.providerId);
    await number(owner)
      .set({ held_until: new Date(Date.now() + 60_000) })
      .execute();
    await number(trx).set({ quality_rating: "GREEN" }).execute();
    const { claimed, isFull, roomInMs } = await claim();
    expect({ claimed, isFull }).toEqual({ claimed: [], isFull: true });
    expect(roomInMs).toBeGreaterThan(50_000);
    expect(roomInMs).toBeLessThan(60_000);
  });
});

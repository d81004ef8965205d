import { expect, test } from "vitest";
import { claimRecipients } from "./claim-recipients.ts";
import { takeSlots } from "./take-slots.ts";
import { testClaim, useSendingBroadcasts } from "./testing/use-sending-broadcasts.ts";

const { owner, pool, dispatcherId, registerDispatcher, sendingBroadcast } =
  await useSendingBroadcasts();

async function claimShared(recipients: number, messagesPerSecond: number) {
  const broadcast = await sendingBroadcast(recipients, messagesPerSecond);
  await registerDispatcher(60);
  const { claimed, slotMs } = await broadcast.claim();
  return { ...broadcast, claimed, slotMs: slotMs ?? 0 };
}

test("a missed slot is moved and not lost when no later one was given out", async () => {
  const { claim, phoneNumberId, claimed, slotMs, recipientIds } = await claimShared(2, 1);
  const [{ slotAtMs, slotEndMs } = { slotAtMs: 0, slotEndMs: 0 }] = claimed;
  const { slots, nowMs } = await takeSlots(pool, phoneNumberId, [{ slotAtMs, slotEndMs }]);
  const [moved = { slotAtMs: 0, slotEndMs: 0 }] = slots;
  expect(moved.slotAtMs).toBeGreaterThanOrEqual(slotAtMs - 0.1);
  expect(moved.slotAtMs - nowMs).toBeLessThan(250);
  expect(moved.slotEndMs - moved.slotAtMs).toBeCloseTo(slotMs, 1);
  // Slots are given out up to 250 ms ahead.
  const next = await claim(recipientIds.slice(1));
  expect(next.nowMs + (next.roomInMs ?? 0)).toBeCloseTo(moved.slotEndMs - 250, -2);
});

test("missed slots are replaced by slots after all others when later ones were given out", async () => {
  const { phoneNumberId, claimed, slotMs } = await claimShared(10, 80);
  expect(claimed.length).toBeGreaterThan(2);
  const lastEndMs = Math.max(...claimed.map(({ slotEndMs }) => slotEndMs));
  const missed = claimed.toSorted((a, b) => a.slotAtMs - b.slotAtMs).slice(0, 2);
  const { slots } = await takeSlots(pool, phoneNumberId, missed);
  expect(slots).toHaveLength(2);
  expect(slots[0]?.slotAtMs).toBeGreaterThanOrEqual(lastEndMs - 0.1);
  expect(slots[1]?.slotAtMs).toBeCloseTo((slots[0]?.slotAtMs ?? 0) + slotMs, 1);
});

test.each([true, false])(
  "a number keeps sending after a clock is set back (lone: %s)",
  async (isLone) => {
    const { organization, recipientIds, phoneNumberId } = await sendingBroadcast(5, 80);
    await owner
      .updateTable("whatsapp_providers")
      .set({ next_slot_at: new Date(Date.now() + 3_600_000) })
      .where("id", "=", organization.providerId)
      .execute();
    const missed = { slotAtMs: Date.now(), slotEndMs: Date.now() };
    const { slots, nowMs } = await takeSlots(pool, phoneNumberId, [missed]);
    expect((slots[0]?.slotAtMs ?? 0) - nowMs).toBeLessThan(1_000);
    await owner
      .updateTable("whatsapp_providers")
      .set({ next_slot_at: new Date(Date.now() + 3_600_000) })
      .where("id", "=", organization.providerId)
      .execute();
    await owner.deleteFrom("dispatchers").where("id", "!=", dispatcherId).execute();
    const attempts = recipientIds.map((recipientId) => ({ recipientId, attemptId: testClaim }));
    const claim = { attempts, phoneNumberId, dispatcherId, isLone };
    const { claimed, nowMs: claimedAtMs } = await claimRecipients(pool, claim);
    expect(claimed.length).toBeGreaterThan(0);
    for (const { slotAtMs } of claimed) expect(slotAtMs - claimedAtMs).toBeLessThan(1_000);
  },
);

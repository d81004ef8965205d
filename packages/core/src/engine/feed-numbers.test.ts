import { createTestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { getBroadcast } from "../broadcasts/get-broadcast.ts";
import { useControl } from "../testing/test-control.ts";
import { openNumberFeeder, type NumberFeeder } from "./feed-numbers.ts";

const control = await useControl();
const { engine, owner } = control;

/** Feeds repeatedly, as the engine does, until `check` passes. */
function feedUntil(feeder: NumberFeeder, check: () => Promise<void>): Promise<void> {
  return eventually(async () => {
    await feeder.feedDue();
    await check();
  });
}

async function sendingNumber() {
  const { organization } = await control.newOrganization();
  const broadcastId = await control.newBroadcast(organization, "sending", { pending: 5 });
  return { ...organization, broadcastId };
}

test("a hanging number and a failing number don't hold up the others", async () => {
  const failing = await createTestOrganization(owner, { phoneNumberId: "no:queue:has:this:name" });
  await control.newBroadcast(failing, "sending", { pending: 5 });
  const hanging = await sendingNumber();
  const others = await Promise.all(Array.from({ length: 12 }, sendingNumber));
  const feeder = openNumberFeeder(engine);
  await owner.transaction().execute(async (held) => {
    await sql`
      select from whatsapp_broadcasts where id = ${hanging.broadcastId} for update
    `.execute(held);
    await feedUntil(feeder, async () => {
      const counts = others.map(({ phoneNumberId }) => engine.queues.count(phoneNumberId));
      expect(await Promise.all(counts)).toEqual(others.map(() => 5));
    });
  });
  await feedUntil(feeder, async () => {
    expect(await engine.queues.count(hanging.phoneNumberId)).toBe(5);
  });
  await feeder.close();
});

test("a lost queue is refilled within about a second", async () => {
  const { phoneNumberId } = await sendingNumber();
  const feeder = openNumberFeeder(engine);
  await feedUntil(feeder, async () => {
    expect(await engine.queues.count(phoneNumberId)).toBe(5);
  });
  await engine.queues.takeBack(phoneNumberId);
  const lostAt = performance.now();
  await feedUntil(feeder, async () => {
    expect(await engine.queues.count(phoneNumberId)).toBe(5);
  });
  // One feeding per second and the one after it; the rest is a margin for a busy machine.
  expect(performance.now() - lostAt).toBeLessThan(4_000);
  await feeder.close();
});

test("a number continues at once when its messaging limit is raised", async () => {
  const { organization } = await control.newOrganization();
  const setLimit = (tier: string) =>
    owner
      .updateTable("whatsapp_providers")
      .set({ messaging_limit: tier })
      .where("id", "=", organization.providerId)
      .execute();
  await setLimit("TIER_50");
  await control.newBroadcast(organization, "sending", { pending: 80 });
  const feeder = openNumberFeeder(engine);
  await feedUntil(feeder, async () => {
    expect(await engine.queues.count(organization.phoneNumberId)).toBe(50);
  });
  await setLimit("TIER_250");
  await feedUntil(feeder, async () => {
    expect(await engine.queues.count(organization.phoneNumberId)).toBe(80);
  });
  await feeder.close();
});

test("a broadcast that can't be fed pauses alone with a reason", async () => {
  const { organization, ctx } = await control.newOrganization();
  const brokenId = await control.newBroadcast(organization, "sending", { pending: 5 });
  const healthyId = await control.newBroadcast(organization, "sending", { pending: 5 });
  await sql`create function broken_feeding() returns trigger language plpgsql as
    'begin raise exception using errcode = ''XX000'', message = ''made for a test''; end'
  `.execute(owner);
  await sql`create trigger broken_feeding before update of feed_cursor on whatsapp_broadcasts
    for each row when (new.id = ${sql.lit(brokenId)} and new.feed_cursor <> 0)
    execute function broken_feeding()`.execute(owner);
  const feeder = openNumberFeeder(engine);
  try {
    await feedUntil(feeder, async () => {
      expect(await getBroadcast(ctx, brokenId)).toMatchObject({
        status: "paused",
        pauseReason: "unexpected_error",
      });
    });
    const fed = new Set(await control.idsOf(healthyId, 5));
    await feedUntil(feeder, async () => {
      const queued = await engine.queues.queuedIds(organization.phoneNumberId);
      expect([...queued].filter((id) => fed.has(id))).toHaveLength(5);
    });
    expect(await getBroadcast(ctx, healthyId)).toMatchObject({ status: "sending" });
  } finally {
    await sql`drop function broken_feeding cascade`.execute(owner);
    await feeder.close();
  }
});

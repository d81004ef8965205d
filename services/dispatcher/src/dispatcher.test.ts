import { broadcastCounts } from "@loudhailer/testing/broadcast-counts.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { expect, test } from "vitest";
import { startTestStack } from "./testing/start-test-stack.ts";

const { db, simulator, startDispatcher, stop, sendingBroadcast, broadcastOf, accepted } =
  await startTestStack();

test("every recipient of a broadcast is sent once and counted", async () => {
  await startDispatcher();
  const { broadcastId, phoneNumberId } = await sendingBroadcast(500, 1_000);
  await eventually(async () => expect((await broadcastOf(broadcastId)).status).toBe("completed"), {
    timeoutMs: 25_000,
  });
  expect(accepted(phoneNumberId)).toBe(500);
  expect(simulator.ledger().duplicates).toBe(0);
  const { counters, rows } = await broadcastCounts(db, broadcastId);
  expect(counters).toEqual(rows);
  expect(counters).toMatchObject({ successful: 500, unknown: 0, failed: 0 });
});

test("no recipient is sent twice when connections are cut before or after Meta accepts", async () => {
  await startDispatcher();
  simulator.setFaults({ cutBefore: 0.05, cutAfter: 0.05, error5xx: 0.02 });
  const { broadcastId, phoneNumberId } = await sendingBroadcast(400, 1_000);
  await eventually(async () => expect((await broadcastOf(broadcastId)).status).toBe("completed"), {
    timeoutMs: 25_000,
  });
  simulator.setFaults({ cutBefore: 0, cutAfter: 0, error5xx: 0 });
  expect(simulator.ledger().duplicates).toBe(0);
  const { counters, rows } = await broadcastCounts(db, broadcastId);
  expect(counters).toEqual(rows);
  expect(counters.successful + counters.unknown + counters.failed).toBe(400);
  expect(counters.unknown).toBeGreaterThan(0);
  // Messages that Meta accepted are settled as sent, or as unknown if the answer was cut.
  expect(accepted(phoneNumberId)).toBeGreaterThanOrEqual(counters.successful);
  expect(accepted(phoneNumberId)).toBeLessThanOrEqual(counters.successful + counters.unknown);
});

test(
  "no recipient is lost or sent twice when a dispatcher is killed during a broadcast",
  { timeout: 90_000 },
  async () => {
    const first = await startDispatcher();
    const { broadcastId, phoneNumberId } = await sendingBroadcast(1_500, 200);
    await eventually(() => expect(accepted(phoneNumberId)).toBeGreaterThan(200), {
      timeoutMs: 20_000,
    });
    await stop(first, "SIGKILL");
    await startDispatcher();
    await eventually(
      async () => expect((await broadcastOf(broadcastId)).status).toBe("completed"),
      {
        timeoutMs: 60_000,
      },
    );
    expect(simulator.ledger().duplicates).toBe(0);
    const { counters, rows } = await broadcastCounts(db, broadcastId);
    expect(counters).toEqual(rows);
    expect(counters.failed).toBe(0);
    expect(counters.successful + counters.unknown).toBe(1_500);
    expect(accepted(phoneNumberId)).toBeGreaterThanOrEqual(counters.successful);
  },
);

test("a dispatcher settles the messages under way on SIGTERM, and another one continues", async () => {
  const first = await startDispatcher();
  simulator.setFaults({ latencyMs: 500 });
  const { broadcastId, phoneNumberId } = await sendingBroadcast(300, 100);
  await eventually(() => expect(accepted(phoneNumberId)).toBeGreaterThan(50), {
    timeoutMs: 20_000,
  });
  expect(await stop(first, "SIGTERM")).toBe(0);
  const { rows } = await broadcastCounts(db, broadcastId);
  expect(rows?.successful).toBe(accepted(phoneNumberId));
  const held = await db
    .selectFrom("whatsapp_broadcast_recipients")
    .where("broadcast_id", "=", broadcastId)
    .where("status", "in", ["sending", "unknown"])
    .select("id")
    .execute();
  expect(held).toEqual([]);
  simulator.setFaults({ latencyMs: 20 });
  await startDispatcher();
  await eventually(async () => expect((await broadcastOf(broadcastId)).status).toBe("completed"), {
    timeoutMs: 20_000,
  });
  expect(accepted(phoneNumberId)).toBe(300);
});

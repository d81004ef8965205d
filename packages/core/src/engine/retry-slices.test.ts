import { randomUUID } from "node:crypto";
import { settleRecipients } from "@loudhailer/db/settle-recipients.ts";
import { sql } from "kysely";
import { expect, onTestFinished, test, vi } from "vitest";
import { cancelBroadcast } from "../broadcasts/cancel-broadcast.ts";
import { getBroadcast } from "../broadcasts/get-broadcast.ts";
import { pauseBroadcast } from "../broadcasts/pause-broadcast.ts";
import { resendUnknown } from "../broadcasts/resend-unknown.ts";
import { resumeBroadcast } from "../broadcasts/resume-broadcast.ts";
import { retryFailed } from "../broadcasts/retry-failed.ts";
import { noRetry } from "../broadcasts/retry-recipients.ts";
import { useControl } from "../testing/test-control.ts";
import { completeBroadcasts } from "./complete-broadcasts.ts";
import { retryNextSlices } from "./retry-slices.ts";
import { sweepCanceledBroadcasts } from "./sweep-canceled-broadcasts.ts";

const control = await useControl();
const { engine, enginePool, owner } = control;

async function moveAll(size?: number): Promise<void> {
  while (await retryNextSlices(engine, size));
}

async function idsOf(broadcastId: string, status: string): Promise<string[]> {
  const rows = await owner
    .selectFrom("whatsapp_broadcast_recipients")
    .where("broadcast_id", "=", broadcastId)
    .where(sql`status`, "=", status)
    .select("id")
    .orderBy("id")
    .execute();
  return rows.map(({ id }) => id);
}

function set(ids: readonly string[], columns: Record<string, unknown>) {
  return owner
    .updateTable("whatsapp_broadcast_recipients")
    .set(columns)
    .where("id", "in", ids)
    .execute();
}

const verbs = [
  ["failed", retryFailed],
  ["unknown", resendUnknown],
] as const;

/** Creates a broadcast with four recipients of a status among others, in two slices of six. */
async function retried([of, retry]: (typeof verbs)[number]) {
  const { organization, ctx } = await control.newOrganization();
  const id = await control.newBroadcast(organization, "completed", { sent: 4, [of]: 4, read: 3 });
  await retry(ctx, id);
  return { organization, ctx, id, slice: () => retryNextSlices(engine, 6) };
}

test.each(verbs)(
  "after a crash the next process continues behind the last slice (%s)",
  async (...of) => {
    const { ctx, id, slice } = await retried(of);
    await slice();
    expect(await getBroadcast(ctx, id)).toMatchObject({ pendingCount: 2, retrying: of[0] });
    await control.expectCountersToEqualRows(id);
    const [first = ""] = await idsOf(id, "pending");
    await set([first], { status: of[0], claimed_at: null, failed_at: null });
    await slice();
    expect(await getBroadcast(ctx, id)).toMatchObject({ retrying: null });
    expect(await idsOf(id, "pending")).toHaveLength(3);
    expect(await idsOf(id, of[0])).toEqual([first]);
    expect(await slice()).toBe(false);
  },
);

test.each(verbs)("a slice that fails moves no recipient and is repeated (%s)", async (...of) => {
  const { ctx, id, slice } = await retried(of);
  await owner.transaction().execute(async (trx) => {
    await sql`select from whatsapp_broadcasts where id = ${id} for update`.execute(trx);
    await expect(sliceWithin(100)).rejects.toThrow("could not be handled");
  });
  expect(await getBroadcast(ctx, id)).toMatchObject({ pendingCount: 0, retrying: of[0] });
  await control.expectCountersToEqualRows(id);
  await slice();
  await slice();
  expect(await getBroadcast(ctx, id)).toMatchObject({ pendingCount: 4, retrying: null });
  await control.expectCountersToEqualRows(id);
});

/** Moves a slice in a connection whose waits for a lock end after `ms`. */
function sliceWithin(ms: number) {
  return engine.engineDb.connection().execute(async (engineDb) => {
    await sql`set lock_timeout = ${sql.lit(ms)}`.execute(engineDb);
    try {
      return await retryNextSlices({ ...engine, engineDb }, 6);
    } finally {
      await sql`reset lock_timeout`.execute(engineDb);
    }
  });
}

test("recipients that fail again meanwhile are not retried by the same request", async () => {
  const { organization, ctx, id, slice } = await retried(verbs[0]);
  await slice();
  const attemptId = randomUUID();
  const [again = "", later = ""] = await idsOf(id, "pending");
  await control.claim(organization, [again, later], attemptId);
  const error = { code: "131026" as const, title: "Refused", details: null };
  await settleRecipients(
    enginePool,
    [again, later].map((recipientId) => ({ recipientId, attemptId, status: "failed", error })),
  );
  await moveAll(6);
  expect(await idsOf(id, "failed")).toEqual([again, later]);
  expect(await getBroadcast(ctx, id)).toMatchObject({ failedSends: 2, pendingCount: 2 });
  await control.expectCountersToEqualRows(id);
});

const laterAttempts = [
  ["was claimed after the request", { claimed_at: sql`now() + interval '1 second'` }],
  ["failed after the request", { failed_at: sql`now() + interval '10 seconds'` }],
] as const;

test.each(laterAttempts)("a recipient who %s isn't retried", async (_name, columns) => {
  const { organization, ctx } = await control.newOrganization();
  const id = await control.newBroadcast(organization, "completed", { sent: 1, failed: 3 });
  const [first = ""] = await idsOf(id, "failed");
  await retryFailed(ctx, id);
  await set([first], columns);
  await moveAll();
  expect(await idsOf(id, "failed")).toEqual([first]);
});

test("a recipient whose failure Meta dates two seconds ahead is retried", async () => {
  const { organization, ctx } = await control.newOrganization();
  const id = await control.newBroadcast(organization, "completed", { sent: 1, failed: 1 });
  await set(await idsOf(id, "failed"), { failed_at: sql`now() + interval '2 seconds'` });
  await retryFailed(ctx, id);
  await moveAll();
  expect(await getBroadcast(ctx, id)).toMatchObject({ failedSends: 0, pendingCount: 1 });
});

test.each(verbs)("a pause holds no slice up, and no recipient is claimed (%s)", async (...of) => {
  const { organization, ctx, id } = await retried(of);
  await pauseBroadcast(ctx, id);
  await moveAll(6);
  expect(await getBroadcast(ctx, id)).toMatchObject({
    status: "paused",
    pendingCount: 4,
    retrying: null,
  });
  const pending = await idsOf(id, "pending");
  expect((await control.claim(organization, pending)).claimed).toEqual([]);
  await resumeBroadcast(ctx, id);
  expect((await control.claim(organization, pending)).claimed).toHaveLength(4);
});

test.each(verbs)("a cancel ends the retry and what it has moved (%s)", async (...of) => {
  const { ctx, id, slice } = await retried(of);
  await slice();
  await cancelBroadcast(ctx, id);
  expect(await slice()).toBe(false);
  await sweepCanceledBroadcasts(engine);
  expect(await getBroadcast(ctx, id)).toMatchObject({
    status: "canceled",
    retrying: null,
    canceledCount: 2,
    pendingCount: 0,
    completedAt: expect.any(String),
  });
  expect(await idsOf(id, of[0])).toHaveLength(2);
  await control.expectCountersToEqualRows(id);
});

test("a slice that a cancel overtakes moves no recipient", async () => {
  const { ctx, id, slice } = await retried(verbs[0]);
  let moving: Promise<boolean> | undefined;
  await owner.transaction().execute(async (trx) => {
    await trx
      .updateTable("whatsapp_broadcasts")
      .set({ status: "canceled", canceled_at: new Date(), ...noRetry })
      .where("id", "=", id)
      .execute();
    moving = slice();
    await vi.waitFor(async () => {
      const { rows } = await sql`
        select from pg_stat_activity where datname = current_database()
          and wait_event_type = 'Lock' and query like '%with slice as%'
      `.execute(owner);
      expect(rows).toHaveLength(1);
    });
  });
  expect(await moving).toBe(false);
  await sweepCanceledBroadcasts(engine);
  expect(await idsOf(id, "failed")).toHaveLength(4);
  expect(await getBroadcast(ctx, id)).toMatchObject({
    canceledCount: 0,
    completedAt: expect.any(String),
  });
});

test("a request is refused as under way after the last recipient is pending", async () => {
  const { organization, ctx } = await control.newOrganization();
  const id = await control.newBroadcast(organization, "completed", { failed: 2, sent: 9 });
  await retryFailed(ctx, id);
  await retryNextSlices(engine, 6);
  await expect(retryFailed(ctx, id)).rejects.toMatchObject({
    message: expect.stringContaining("already being made pending"),
    details: { retrying: "failed" },
  });
  await moveAll();
  await expect(retryFailed(ctx, id)).rejects.toThrow("there is nobody to retry");
});

test.each(verbs)("a broadcast doesn't end before its retry's last slice (%s)", async (...of) => {
  const { ctx, id, slice } = await retried(of);
  await completeBroadcasts(engine);
  expect(await getBroadcast(ctx, id)).toMatchObject({ status: "sending", completedAt: null });
  await slice();
  const pending = await idsOf(id, "pending");
  await set(pending, { status: "sent" });
  await control.setBroadcast(id, { successful_sends: 9 });
  await completeBroadcasts(engine);
  expect(await getBroadcast(ctx, id)).toMatchObject({ status: "sending", completedAt: null });
  await slice();
  await set(await idsOf(id, "pending"), { status: "sent" });
  await control.setBroadcast(id, { successful_sends: 11 });
  await completeBroadcasts(engine);
  expect(await getBroadcast(ctx, id)).toMatchObject({ status: "completed" });
});

test("a broadcast whose recipients all left meanwhile ends again", async () => {
  const { ctx, id } = await retried(verbs[0]);
  await set(await idsOf(id, "failed"), { phone: "" });
  await moveAll();
  await completeBroadcasts(engine);
  expect(await getBroadcast(ctx, id)).toMatchObject({ status: "completed", failedSends: 4 });
});

/** Tries forty times, also while the other process moves a slice. */
async function moveForty(): Promise<void> {
  for (let round = 0; round < 40; round++) await retryNextSlices(engine, 20);
}

test.each(verbs)("two processes move each recipient once (%s)", async (...of) => {
  const { organization, ctx } = await control.newOrganization();
  const id = await control.newBroadcast(organization, "completed", { sent: 1, [of[0]]: 300 });
  await of[1](ctx, id);
  await Promise.all([moveForty(), moveForty()]);
  expect(await getBroadcast(ctx, id)).toMatchObject({ pendingCount: 300, retrying: null });
  await control.expectCountersToEqualRows(id);
});

test.each(verbs)("100,000 recipients don't delay the answer (%s)", async (of, retry) => {
  const { organization, ctx } = await control.newOrganization();
  const id = await control.newBroadcast(organization, "completed", { sent: 1, [of]: 100_000 });
  const startedAt = performance.now();
  expect(await retry(ctx, id)).toMatchObject({ status: "sending", pendingCount: 0 });
  // Takes 10 to 40 ms. All at once take 600 to 1,300 ms.
  expect(performance.now() - startedAt).toBeLessThan(500);
  await moveAll();
  expect(await getBroadcast(ctx, id)).toMatchObject({ pendingCount: 100_000, retrying: null });
  await control.expectCountersToEqualRows(id);
});

test("large and small broadcasts are retried in turn", async () => {
  const { organization, ctx } = await control.newOrganization();
  const large = await control.newBroadcast(organization, "completed", { sent: 1, failed: 50 });
  const small = await control.newBroadcast(organization, "completed", { sent: 1, failed: 5 });
  await retryFailed(ctx, large);
  await retryFailed(ctx, small);
  await retryNextSlices(engine, 10);
  expect(await getBroadcast(ctx, small)).toMatchObject({ pendingCount: 5, retrying: null });
  expect(await getBroadcast(ctx, large)).toMatchObject({ retrying: "failed" });
  await moveAll(10);
});

test("an unexpected error pauses its own broadcast alone, and a resume continues", async () => {
  const broken = await retried(verbs[0]);
  const healthy = await retried(verbs[0]);
  const takeAway = await breakRetriesOf(broken.id);
  await moveAll();
  expect(await getBroadcast(healthy.ctx, healthy.id)).toMatchObject({ pendingCount: 4 });
  expect(await getBroadcast(broken.ctx, broken.id)).toMatchObject({
    status: "paused",
    pauseReason: "unexpected_error",
    retrying: "failed",
    pendingCount: 0,
  });
  await takeAway();
  await moveAll();
  expect(await idsOf(broken.id, "pending")).toEqual([]);
  await resumeBroadcast(broken.ctx, broken.id);
  await moveAll();
  expect(await getBroadcast(broken.ctx, broken.id)).toMatchObject({
    status: "sending",
    pendingCount: 4,
    retrying: null,
  });
});

/** Makes each recipient of the broadcast that becomes pending raise an internal error. */
async function breakRetriesOf(broadcastId: string): Promise<() => Promise<unknown>> {
  await sql`
    create function broken_retry() returns trigger language plpgsql as
      'begin raise exception using errcode = ''XX000'', message = ''made for a test''; end'
  `.execute(owner);
  await sql`
    create trigger broken_retry before update on whatsapp_broadcast_recipients for each row
      when (new.broadcast_id = ${sql.lit(broadcastId)} and new.status = 'pending')
      execute function broken_retry()
  `.execute(owner);
  const takeAway = () => sql`drop function if exists broken_retry cascade`.execute(owner);
  onTestFinished(async () => void (await takeAway()));
  return takeAway;
}

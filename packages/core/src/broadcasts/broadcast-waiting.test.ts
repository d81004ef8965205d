import { randomUUID } from "node:crypto";
import type { TestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { useControl } from "../testing/test-control.ts";
import { getBroadcast } from "./get-broadcast.ts";
import { listBroadcasts } from "./list-broadcasts.ts";
import { retryFailed } from "./retry-failed.ts";

const control = await useControl();
const { owner } = control;

const soon = new Date(Date.now() + 3_600_000);
const past = new Date(Date.now() - 3_600_000);

function setNumber(
  { providerId }: TestOrganization,
  columns: { messaging_limit_until?: Date; held_until?: Date },
) {
  return owner
    .updateTable("whatsapp_providers")
    .set(columns)
    .where("id", "=", providerId)
    .execute();
}

function setWaiting(broadcastId: string, of: number, until: Date) {
  return sql`
    update whatsapp_broadcast_recipients set next_attempt_at = ${until}
    where id in (select id from whatsapp_broadcast_recipients
      where broadcast_id = ${broadcastId} and status = 'pending' order by id limit ${of})
  `.execute(owner);
}

test("a sending broadcast isn't waiting when the number's limit and hold are past", async () => {
  const { organization, ctx } = await control.newOrganization();
  const id = await control.newBroadcast(organization, "sending", { pending: 2 });
  await setNumber(organization, { messaging_limit_until: past, held_until: past });
  expect(await getBroadcast(ctx, id)).toMatchObject({ waiting: null });
});

test("a sending broadcast waits for the messaging limit and reports until when", async () => {
  const { organization, ctx } = await control.newOrganization();
  const id = await control.newBroadcast(organization, "sending", { pending: 2 });
  await setNumber(organization, { messaging_limit_until: soon, held_until: soon });
  expect((await getBroadcast(ctx, id)).waiting).toEqual({
    reason: "messaging_limit",
    until: soon.toISOString(),
    message: expect.stringContaining("messaging limit until"),
  });
});

test("a sending broadcast waits while its number is held", async () => {
  const { organization, ctx } = await control.newOrganization();
  const id = await control.newBroadcast(organization, "sending", { pending: 2 });
  await setNumber(organization, { held_until: soon });
  expect((await getBroadcast(ctx, id)).waiting).toMatchObject({
    reason: "number_held",
    until: soon.toISOString(),
  });
});

test("a sending broadcast doesn't wait for a later attempt while a retry is under way", async () => {
  const { organization, ctx } = await control.newOrganization();
  const id = await control.newBroadcast(organization, "sending", { pending: 3, failed: 2 });
  await setWaiting(id, 3, soon);
  expect(await retryFailed(ctx, id)).toMatchObject({ waiting: null, retrying: "failed" });
  await setNumber(organization, { held_until: soon });
  expect((await getBroadcast(ctx, id)).waiting).toMatchObject({ reason: "number_held" });
});

test("a sending broadcast doesn't wait while one of its recipients is tried again", async () => {
  const { organization, ctx } = await control.newOrganization();
  const id = await control.newBroadcast(organization, "sending", { pending: 2, sending: 1 });
  await setWaiting(id, 2, soon);
  await owner
    .updateTable("whatsapp_broadcast_recipients")
    .set({ next_attempt_at: sql<Date>`'infinity'` })
    .where("broadcast_id", "=", id)
    .where("status", "=", "sending")
    .execute();
  expect((await getBroadcast(ctx, id)).waiting).toBeNull();
});

test("a sending broadcast waits for a retry only when all its pending recipients do", async () => {
  const { organization, ctx } = await control.newOrganization();
  const id = await control.newBroadcast(organization, "sending", { sent: 5, pending: 3 });
  await setWaiting(id, 2, soon);
  expect((await getBroadcast(ctx, id)).waiting).toBeNull();
  await setWaiting(id, 3, soon);
  expect((await getBroadcast(ctx, id)).waiting).toMatchObject({
    reason: "retry_later",
    until: soon.toISOString(),
  });
  await setWaiting(id, 1, past);
  expect((await getBroadcast(ctx, id)).waiting).toBeNull();
});

test("only broadcasts of a number that Meta doesn't answer to a live dispatcher wait for Meta", async () => {
  const { organization, ctx } = await control.newOrganization();
  const id = await control.newBroadcast(organization, "sending", { pending: 1 });
  const other = await control.newOrganization();
  const otherId = await control.newBroadcast(other.organization, "sending", { pending: 1 });
  const numbers_away = JSON.stringify({ [organization.phoneNumberId]: past });
  const [dead, alive] = [randomUUID(), randomUUID()];
  await owner
    .insertInto("dispatchers")
    .values({ id: dead, numbers_away, last_seen_at: past })
    .execute();
  expect((await getBroadcast(ctx, id)).waiting).toBeNull();
  await owner.insertInto("dispatchers").values({ id: alive, numbers_away }).execute();
  expect((await getBroadcast(other.ctx, otherId)).waiting).toBeNull();
  expect((await getBroadcast(ctx, id)).waiting).toMatchObject({
    reason: "meta_unavailable",
    until: null,
    message: expect.stringContaining("Meta has not answered since"),
  });
  await owner.deleteFrom("dispatchers").where("id", "in", [dead, alive]).execute();
});

test.each(["scheduled", "preparing", "paused", "completed"] as const)(
  "a %s broadcast isn't waiting when the messaging limit is used up",
  async (status) => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, status, { pending: 1 });
    await setNumber(organization, { messaging_limit_until: soon });
    expect((await getBroadcast(ctx, id)).waiting).toBeNull();
  },
);

test("the list shows what each broadcast waits for and stays fast with 100,000 waiting recipients", async () => {
  const { organization, ctx } = await control.newOrganization();
  const waiting = await control.newBroadcast(organization, "sending", { pending: 100_000 });
  await setWaiting(waiting, 100_000, soon);
  const paused = await control.newBroadcast(organization, "paused", { pending: 1 });
  for (let at = 0; at < 60; at++) await control.newBroadcast(organization, "completed", {});
  await sql`vacuum analyze whatsapp_broadcast_recipients`.execute(owner);
  const startedAt = performance.now();
  const { items } = await listBroadcasts(ctx, { limit: 200 });
  // Takes 25 ms on an idle core, mostly for counting the waiting recipients in their index.
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  const reasons = new Map(items.map((item) => [item.id, item.waiting?.reason]));
  expect(items).toHaveLength(62);
  expect(reasons.get(waiting)).toBe("retry_later");
  expect(reasons.get(paused)).toBeUndefined();
});

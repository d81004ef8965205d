import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { renewLeases, takeNumbers } from "@loudhailer/pacing/number-leases.ts";
import type { TestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { sql } from "kysely";
import type pg from "pg";
import { expect, test } from "vitest";
import type { TenantContext } from "../tenant-context.ts";
import { useControl } from "../testing/test-control.ts";
import { borrowDeparture } from "./borrow-departure.ts";

const control = await useControl();
const { owner, enginePool } = control;

const waitMsMax = 8_000;
/** Meta's rolling second. */
const secondMs = 1_000;
/** Several polls of a borrower. */
const someTimeMs = 350;

/** Starts to borrow. The answer has the moment at which it came. */
async function borrow(ctx: TenantContext, phoneNumberId: string, msMax = waitMsMax) {
  const mayLeave = await borrowDeparture(ctx, phoneNumberId, msMax);
  return { mayLeave, at: performance.now() };
}

/** Makes a new dispatcher the number's owner. */
async function ownedNumber() {
  const { organization, ctx } = await control.newOrganization();
  const { phoneNumberId } = organization;
  const dispatcherId = randomUUID();
  expect(await takeNumbers(enginePool, dispatcherId, [phoneNumberId])).toHaveLength(1);
  const renew = () => renewBy(enginePool, dispatcherId);
  return { ctx, phoneNumberId, dispatcherId, renew };
}

/** Renews the dispatcher's only lease, and returns how long it lends a message per second. */
async function renewBy(pool: pg.Pool, id: string): Promise<number | undefined> {
  const { leases } = await renewLeases(pool, { id, numbersAway: {}, isLeaving: false });
  return leases[0]?.borrowedMs;
}

async function leaseOf(phoneNumberId: string) {
  const { rows } = await sql<{ isBorrowed: boolean; endsInMs: number }>`
    select coalesce(borrowed_until > clock_timestamp(), false) as "isBorrowed",
      (extract(epoch from expires_at - clock_timestamp()) * 1000)::float8 as "endsInMs"
    from number_leases where phone_number_id = ${phoneNumberId}
  `.execute(owner);
  return rows[0];
}

async function untilLockAwaited(): Promise<void> {
  await eventually(async () => {
    const { rows } = await sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
    `.execute(owner);
    expect(rows).toHaveLength(1);
  });
}

async function untilBorrowed(phoneNumberId: string): Promise<void> {
  await eventually(async () => (await leaseOf(phoneNumberId))?.isBorrowed ?? false);
}

test("a message leaves at once from a number that no dispatcher owns, and its next owner knows", async () => {
  const { organization, ctx } = await control.newOrganization();
  const startedAt = performance.now();
  const { mayLeave, at } = await borrow(ctx, organization.phoneNumberId);
  expect(mayLeave).toBe(true);
  expect(at - startedAt).toBeLessThan(secondMs);
  const [lease] = await takeNumbers(enginePool, randomUUID(), [organization.phoneNumberId]);
  expect(lease?.borrowedMs).toBeGreaterThan(secondMs / 2);
});

test("a message leaves from an owned number a second after the owner's next renewal", async () => {
  const { ctx, phoneNumberId, renew } = await ownedNumber();
  // The owner learns nothing from a renewal before the request.
  expect(await renew()).toBe(0);
  const answer = borrow(ctx, phoneNumberId);
  await untilBorrowed(phoneNumberId);
  await wait(someTimeMs);
  const renewedAt = performance.now();
  expect(await renew()).toBeGreaterThan(secondMs);
  const { mayLeave, at } = await answer;
  expect(mayLeave).toBe(true);
  expect(at - renewedAt).toBeGreaterThanOrEqual(secondMs);
  expect(at - renewedAt).toBeLessThan(3 * secondMs);
  // The message may leave and still count for a second, and then the number has its whole rate.
  const restMs = (await renew()) ?? 0;
  expect(restMs).toBeGreaterThan(secondMs);
  expect(restMs).toBeLessThan(3 * secondMs);
});

test("a renewal that was under way at the request tells the owner nothing, and doesn't count", async () => {
  const { ctx, phoneNumberId, dispatcherId, renew } = await ownedNumber();
  // A pool of one connection: the renewal runs in its transaction.
  const renewing = createPool({ connectionString: control.databaseUrl, max: 1 });
  try {
    await renewing.query("begin");
    await renewing.query("select from number_leases where phone_number_id = $1 for update", [
      phoneNumberId,
    ]);
    const answer = borrow(ctx, phoneNumberId);
    await untilLockAwaited();
    expect(await renewBy(renewing, dispatcherId)).toBe(0);
    await renewing.query("commit");
    await untilBorrowed(phoneNumberId);
    await wait(someTimeMs);
    const renewedAt = performance.now();
    expect(await renew()).toBeGreaterThan(secondMs);
    expect((await answer).at - renewedAt).toBeGreaterThanOrEqual(secondMs);
  } finally {
    await renewing.end();
  }
});

test("a message leaves from a dead owner's number when its lease has ended, and not before", async () => {
  const { ctx, phoneNumberId } = await ownedNumber();
  await sql`
    update number_leases set expires_at = clock_timestamp() + interval '700 ms'
    where phone_number_id = ${phoneNumberId}
  `.execute(owner);
  const restMs = (await leaseOf(phoneNumberId))?.endsInMs ?? 0;
  const readAt = performance.now();
  const { mayLeave, at } = await borrow(ctx, phoneNumberId);
  expect(mayLeave).toBe(true);
  // The end was read a little before `readAt`.
  expect(at - readAt).toBeGreaterThan(restMs - 50);
  expect(at - readAt).toBeLessThan(restMs + secondMs);
});

test("a second message waits until the first one's time is over", async () => {
  const { organization, ctx } = await control.newOrganization();
  const { phoneNumberId } = organization;
  await borrow(ctx, phoneNumberId);
  const second = borrow(ctx, phoneNumberId);
  await wait(someTimeMs);
  const overAt = performance.now();
  await owner
    .updateTable("number_leases")
    .set({ borrowed_until: new Date(0) })
    .where("phone_number_id", "=", phoneNumberId)
    .execute();
  const { mayLeave, at } = await second;
  expect(mayLeave).toBe(true);
  expect(at).toBeGreaterThan(overAt);
});

test("a second message gives up after its limit and takes nothing from the first one", async () => {
  const { ctx, phoneNumberId, renew } = await ownedNumber();
  const first = borrow(ctx, phoneNumberId);
  await untilBorrowed(phoneNumberId);
  const startedAt = performance.now();
  const { mayLeave, at } = await borrow(ctx, phoneNumberId, someTimeMs);
  expect(mayLeave).toBe(false);
  expect(at - startedAt).toBeGreaterThanOrEqual(someTimeMs);
  await renew();
  expect(await first).toMatchObject({ mayLeave: true });
});

const others: [string, (organization: TestOrganization) => Promise<unknown>][] = [
  ["was never used", () => Promise.resolve()],
  [
    "a dispatcher owns",
    ({ phoneNumberId }) => takeNumbers(enginePool, randomUUID(), [phoneNumberId]),
  ],
];
test.each(others)("another organization's number that %s can't be borrowed", async (_, prepare) => {
  const { organization } = await control.newOrganization();
  const { phoneNumberId } = organization;
  await prepare(organization);
  const before = await leaseOf(phoneNumberId);
  const { ctx } = await control.newOrganization();
  await expect(borrow(ctx, phoneNumberId)).rejects.toThrow(/row-level security/u);
  expect((await leaseOf(phoneNumberId))?.isBorrowed).toBe(before?.isBorrowed);
});

test("a request that a failover lost ends", async () => {
  const { ctx, phoneNumberId } = await ownedNumber();
  const borrowing = borrow(ctx, phoneNumberId, -7_000);
  await untilBorrowed(phoneNumberId);
  await sql`delete from number_leases where phone_number_id = ${phoneNumberId}`.execute(owner);
  expect(await borrowing).toMatchObject({ mayLeave: false });
});

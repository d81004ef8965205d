import { randomUUID } from "node:crypto";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { fenceClaims, giveUpNumber, renewLeases, takeNumbers } from "./number-leases.ts";

const { databaseUrl } = await useTestDatabase();
const owner = createDb(createPool({ connectionString: databaseUrl, max: 2 }));
const pool = createPool({ connectionString: databaseUrl, role: "loudhailer_engine" });
afterAll(() => Promise.all([owner.destroy(), pool.end()]));

const newNumber = () => randomUUID();
const take = (dispatcherId: string, ...numbers: string[]) =>
  takeNumbers(pool, dispatcherId, numbers);
const renew = (id: string) => renewLeases(pool, { id, numbersAway: {}, isLeaving: false });

/** Ages the number's lease, as if time had passed. */
async function age(phoneNumberId: string, seconds: number) {
  await sql`
    update dispatchers set lease_until = lease_until - ${seconds} * interval '1 second'
    where id = (select dispatcher_id from number_leases where phone_number_id = ${phoneNumberId})
  `.execute(owner);
  await sql`
    update number_leases set expires_at = expires_at - ${seconds} * interval '1 second',
      borrowed_until = borrowed_until - ${seconds} * interval '1 second'
    where phone_number_id = ${phoneNumberId}
  `.execute(owner);
}

test("a number has one owner, however many take it at once", async () => {
  const number = newNumber();
  for (const _ of ["new", "expired"]) {
    const answers = await Promise.all(Array.from({ length: 8 }, () => take(randomUUID(), number)));
    expect(answers.flat()).toHaveLength(1);
    await age(number, 6);
  }
});

test("a lease that was renewed isn't free, and one that has ended is", async () => {
  const [a, b, number] = [randomUUID(), randomUUID(), newNumber()];
  expect(await take(a, number)).toEqual([{ phoneNumberId: number, epoch: "1", borrowedMs: 0 }]);
  await age(number, 4);
  expect((await renew(a)).leases).toMatchObject([
    { phoneNumberId: number, epoch: "1", borrowedMs: 0 },
  ]);
  await age(number, 4);
  expect(await take(b, number)).toEqual([]);
  await age(number, 2);
  expect(await take(b, number)).toEqual([{ phoneNumberId: number, epoch: "2", borrowedMs: 0 }]);
  expect((await renew(a)).leases).toEqual([]);
});

test("an owner that was away keeps a lease that no other dispatcher has taken", async () => {
  const [a, number] = [randomUUID(), newNumber()];
  await take(a, number);
  await age(number, 60);
  expect((await renew(a)).leases).toHaveLength(1);
  expect(await take(randomUUID(), number)).toEqual([]);
});

test("a number that was given up is free when its last second is over", async () => {
  const [a, b, number] = [randomUUID(), randomUUID(), newNumber()];
  const [lease] = await take(a, number);
  if (!lease) throw new Error("the number is free");
  await giveUpNumber(pool, lease, a, 1_000);
  expect(await take(b, number)).toEqual([]);
  await age(number, 1);
  expect(await take(b, number)).toMatchObject([{ epoch: "3" }]);
  await giveUpNumber(pool, lease, a, 0);
  expect((await renew(b)).leases).toHaveLength(1);
});

test("a renewal under way isn't overtaken: its numbers aren't taken, or it says that they were", async () => {
  const [a, b, number] = [randomUUID(), randomUUID(), newNumber()];
  await take(a, number);
  await renew(a);
  await age(number, 6);
  await owner.transaction().execute(async (trx) => {
    await sql`select from dispatchers where id = ${a} for no key update`.execute(trx);
    expect(await take(b, number)).toEqual([]);
  });
  expect(await take(b, number)).toHaveLength(1);
  expect((await renew(a)).leases).toEqual([]);
});

test("a fence changes the epoch for the owner only", async () => {
  const [a, number] = [randomUUID(), newNumber()];
  const [lease] = await take(a, number);
  if (!lease) throw new Error("the number is free");
  expect(await fenceClaims(pool, lease, a)).toBe("2");
  expect((await renew(a)).leases).toMatchObject([{ epoch: "2" }]);
  expect(await fenceClaims(pool, lease, randomUUID())).toBeNull();
});

test("after a failover, a number's former owner has one more lease to renew it", async () => {
  const [a, b, number] = [randomUUID(), randomUUID(), newNumber()];
  await take(a, number);
  const goBack = () =>
    owner
      .updateTable("number_leases")
      .set({ timeline: "00000099", expires_at: new Date(0) })
      .where("phone_number_id", "=", number)
      .execute();
  await goBack();
  expect(await take(b, number)).toEqual([]);
  expect((await renew(a)).leases).toHaveLength(1);
  await goBack();
  expect(await take(b, number)).toEqual([]);
  await age(number, 4);
  expect(await take(b, number)).toEqual([]);
  await age(number, 2);
  expect(await take(b, number)).toEqual([]);
  await age(number, 6);
  expect(await take(b, number)).toMatchObject([{ epoch: "2" }]);
});

test("a renewal tells how long a message per second is lent", async () => {
  const [a, number] = [randomUUID(), newNumber()];
  await take(a, number);
  await sql`
    update number_leases set borrowed_until = now() + interval '2 seconds'
    where phone_number_id = ${number}
  `.execute(owner);
  const [lease] = (await renew(a)).leases;
  expect(lease?.borrowedMs).toBeGreaterThan(1_500);
  expect(lease?.borrowedMs).toBeLessThanOrEqual(2_000);
});

test("a renewal is the dispatcher's heartbeat", async () => {
  const id = randomUUID();
  await renewLeases(pool, { id, numbersAway: { "1": new Date(0) }, isLeaving: true });
  const row = await owner
    .selectFrom("dispatchers")
    .where("id", "=", id)
    .selectAll()
    .executeTakeFirstOrThrow();
  expect(row).toMatchObject({
    is_leaving: true,
    numbers_away: { "1": "1970-01-01T00:00:00.000Z" },
  });
  expect(Date.now() - row.last_seen_at.getTime()).toBeLessThan(5_000);
});

test("dispatchers that take, renew, and give up the same numbers don't deadlock", async () => {
  const numbers = Array.from({ length: 30 }, newNumber);
  const ids = Array.from({ length: 4 }, () => randomUUID());
  await take(ids[0] ?? "", ...numbers);
  await sql`
    update number_leases set expires_at = now() where phone_number_id = any(${numbers}::text[])
  `.execute(owner);
  const rounds = Array.from({ length: 40 }, async (_, n) => {
    const id = ids[n % 4] ?? "";
    const order = n % 2 === 0 ? numbers : numbers.toReversed();
    if (n % 3 === 0) await renew(id);
    else for (const lease of await take(id, ...order)) await giveUpNumber(pool, lease, id, 0);
  });
  await Promise.all(rounds);
  expect(rounds).toHaveLength(40);
});

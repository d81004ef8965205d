import { createTestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import type { TestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { peopleInLimit } from "../providers/messaging-limit.ts";
import { feedOnce } from "../testing/feed-once.ts";
import { useControl } from "../testing/test-control.ts";
import { createFeedMemory } from "./feed-memory.ts";
import { forgetMessagingLimitUses } from "./forget-messaging-limit-uses.ts";

const control = await useControl();
const { engine, owner } = control;

test.each([
  ["TIER_50", 50],
  ["TIER_250", 250],
  ["TIER_1K", 1_000],
  ["TIER_2K", 2_000],
  ["TIER_10K", 10_000],
  ["TIER_100K", 100_000],
  ["TIER_UNLIMITED", null],
  ["UNLIMITED", null],
  ["TIER_NOT_SET", null],
  [null, null],
])("reads the messaging limit %s as %s people", (tier, people) => {
  expect(peopleInLimit(tier)).toBe(people);
});

let portfolios = 0;

async function portfolio() {
  const portfolioId = `portfolio ${(portfolios += 1)}`;
  return {
    portfolioId,
    number: async (tier: string | null) => {
      const organization = await createTestOrganization(owner, { messagesPerSecond: 80 });
      await setProvider(organization, { messaging_limit: tier, portfolio_id: portfolioId });
      return organization;
    },
    /** Ages the portfolio's uses by `hours`. */
    age: (hours: number) =>
      sql`
        update messaging_limit_uses set used_at = used_at - ${hours} * interval '1 hour'
        where portfolio_id = ${portfolioId}
      `.execute(owner),
    countUses: async () => {
      const { rows } = await sql<{ count: number }>`
        select count(*)::integer from messaging_limit_uses where portfolio_id = ${portfolioId}
      `.execute(owner);
      return rows[0]?.count;
    },
  };
}

function setProvider(
  { providerId }: TestOrganization,
  columns: { messaging_limit?: string | null; portfolio_id?: string },
) {
  return owner
    .updateTable("whatsapp_providers")
    .set(columns)
    .where("id", "=", providerId)
    .execute();
}

async function untilOf({ providerId }: TestOrganization): Promise<Date | null> {
  const { messaging_limit_until: until } = await owner
    .selectFrom("whatsapp_providers")
    .where("id", "=", providerId)
    .select("messaging_limit_until")
    .executeTakeFirstOrThrow();
  return until;
}

/** Creates a sending broadcast to the phone numbers `from` to `to`. */
async function broadcastTo(
  organization: TestOrganization,
  from: number,
  to: number,
): Promise<string> {
  const count = to - from + 1;
  const id = await control.newBroadcast(organization, "sending", { pending: count });
  await sql`
    update whatsapp_broadcast_recipients r set phone = '+1666' || (5000000 + n.n + ${from - 1})::text
    from (select id, row_number() over (order by id) as n
      from whatsapp_broadcast_recipients where broadcast_id = ${id}) n
    where r.id = n.id
  `.execute(owner);
  return id;
}

/** Feeds until nothing more is fed, at most 100 times, and returns the number of fed recipients. */
async function feedAll(organization: TestOrganization, memory = createFeedMemory()) {
  let fed = 0;
  for (let pass = 0; pass < 100; pass++) {
    const feeding = await feedOnce(engine, organization, { memory });
    if (!feeding?.fed) break;
    fed += feeding.fed;
  }
  return fed;
}

/** Marks the first `of` recipients as sent and empties the number's queue. */
async function sendQueue({ phoneNumberId }: TestOrganization, broadcastId: string, of: number) {
  const ids = await control.idsOf(broadcastId, of);
  await sql`
    update whatsapp_broadcast_recipients set status = 'sent' where id = any(${ids}::bigint[])
  `.execute(owner);
  await engine.queues.takeBack(phoneNumberId);
}

describe("a messaging limit of 250", () => {
  test("enqueues exactly 250 of 400 recipients and stores when the limit has room again", async () => {
    const { number, countUses } = await portfolio();
    const organization = await number("TIER_250");
    await broadcastTo(organization, 1, 400);
    expect(await feedAll(organization)).toBe(250);
    expect(await engine.queues.count(organization.phoneNumberId)).toBe(250);
    expect(await countUses()).toBe(250);
    const hours = ((await untilOf(organization))?.getTime() ?? 0) - Date.now();
    expect(hours / 3_600_000).toBeGreaterThan(23.9);
    expect(hours / 3_600_000).toBeLessThan(24.1);
  });

  test("lets more recipients through when the window has passed", async () => {
    const { number, age } = await portfolio();
    const organization = await number("TIER_250");
    const id = await broadcastTo(organization, 1, 400);
    await feedAll(organization);
    await sendQueue(organization, id, 250);
    expect(await feedAll(organization)).toBe(0);
    await age(25);
    expect(await feedAll(organization)).toBe(150);
    expect(await untilOf(organization)).toBeNull();
  });

  test("lets more recipients through at once when Meta raises it", async () => {
    const { number } = await portfolio();
    const organization = await number("TIER_250");
    const id = await broadcastTo(organization, 1, 400);
    await feedAll(organization);
    await sendQueue(organization, id, 250);
    await setProvider(organization, { messaging_limit: "TIER_1K" });
    expect(await feedAll(organization)).toBe(150);
    expect(await untilOf(organization)).toBeNull();
  });

  test("no longer applies when Meta removes it", async () => {
    const { number } = await portfolio();
    const organization = await number("TIER_250");
    const id = await broadcastTo(organization, 1, 400);
    await feedAll(organization);
    await sendQueue(organization, id, 250);
    await setProvider(organization, { messaging_limit: "TIER_UNLIMITED" });
    expect(await feedAll(organization)).toBe(150);
    expect(await untilOf(organization)).toBeNull();
  });

  test("counts each person once within 24 hours across broadcasts", async () => {
    const { number, countUses } = await portfolio();
    const organization = await number("TIER_250");
    const first = await broadcastTo(organization, 1, 250);
    expect(await feedAll(organization)).toBe(250);
    await sendQueue(organization, first, 250);
    await owner
      .updateTable("whatsapp_broadcasts")
      .set({ status: "completed" })
      .where("id", "=", first)
      .execute();
    // 50 new people precede 250 who were written to already.
    await broadcastTo(organization, -49, 250);
    expect(await feedAll(organization)).toBe(0);
    expect(await engine.queues.count(organization.phoneNumberId)).toBe(250);
    expect(await countUses()).toBe(250);
    expect(await untilOf(organization)).not.toBeNull();
  });

  test("counts a person for 24 hours from the last message", async () => {
    const { number, age, countUses } = await portfolio();
    const organization = await number("TIER_250");
    const first = await broadcastTo(organization, 1, 100);
    await feedAll(organization);
    await sendQueue(organization, first, 100);
    await age(23);
    const second = await broadcastTo(organization, 1, 100);
    expect(await feedAll(organization)).toBe(100);
    await sendQueue(organization, second, 100);
    await age(2);
    await broadcastTo(organization, 101, 300);
    expect(await feedAll(organization)).toBe(150);
    expect(await countUses()).toBe(250);
  });

  test("counts each person once when a lost queue is fed again", async () => {
    const { number, countUses } = await portfolio();
    const organization = await number("TIER_250");
    await broadcastTo(organization, 1, 400);
    await feedAll(organization);
    await engine.queues.takeBack(organization.phoneNumberId);
    await feedAll(organization);
    await feedAll(organization);
    expect(await engine.queues.count(organization.phoneNumberId)).toBe(250);
    expect(await countUses()).toBe(250);
  });

  test("is shared equally by two broadcasts of a number", async () => {
    const { number, portfolioId } = await portfolio();
    const organization = await number("TIER_250");
    const broadcasts = [
      await broadcastTo(organization, 1, 400),
      await broadcastTo(organization, 401, 800),
    ];
    expect(await feedAll(organization)).toBe(250);
    for (const id of broadcasts) {
      const { rows } = await sql<{ count: number }>`
        select count(*)::integer from messaging_limit_uses u
        where u.portfolio_id = ${portfolioId} and exists (select from whatsapp_broadcast_recipients r
          where r.broadcast_id = ${id} and hashtextextended(r.phone, 0) = u.recipient_hash)
      `.execute(owner);
      expect(rows[0]?.count).toBe(125);
    }
  });

  test("is shared by two numbers of a portfolio when one is always fed first", async () => {
    const { number, countUses } = await portfolio();
    const numbers = [await number("TIER_250"), await number("TIER_250")];
    for (const [at, organization] of numbers.entries()) {
      await broadcastTo(organization, at * 400 + 1, at * 400 + 400);
    }
    const memories = numbers.map(() => createFeedMemory());
    const fed = [0, 0];
    for (let pass = 0; pass < 60; pass++) {
      for (const [at, organization] of numbers.entries()) {
        const feeding = await feedOnce(engine, organization, { memory: memories[at] });
        fed[at] = (fed[at] ?? 0) + (feeding?.fed ?? 0);
      }
    }
    const [first = 0, second = 0] = fed;
    expect(first + second).toBe(250);
    expect(Math.min(first, second)).toBeGreaterThan(100);
    expect(await countUses()).toBe(250);
    for (const organization of numbers) expect(await untilOf(organization)).not.toBeNull();
  });

  test("isn't exceeded when several numbers are fed at the same moment", async () => {
    const { number, countUses } = await portfolio();
    const numbers = await Promise.all([1, 2, 3, 4].map(() => number("TIER_250")));
    for (const [at, organization] of numbers.entries()) {
      await broadcastTo(organization, at * 400 + 1, at * 400 + 400);
    }
    const fed = await Promise.all(numbers.map((organization) => feedAll(organization)));
    expect(fed.reduce((sum, count) => sum + count, 0)).toBe(250);
    expect(await countUses()).toBe(250);
  });

  test("belongs to the WABA when the number has no portfolio", async () => {
    const organization = await createTestOrganization(owner);
    const sibling = await createTestOrganization(owner, { wabaId: organization.wabaId });
    for (const each of [organization, sibling]) {
      await setProvider(each, { messaging_limit: "TIER_250" });
    }
    await broadcastTo(organization, 1, 200);
    expect(await feedAll(organization)).toBe(200);
    await broadcastTo(sibling, 201, 400);
    expect(await feedAll(sibling)).toBe(50);
  });

  test("applies to recipients whose retry is due", async () => {
    const { number } = await portfolio();
    const organization = await number("TIER_250");
    const id = await broadcastTo(organization, 1, 300);
    await sql`
      update whatsapp_broadcast_recipients set next_attempt_at = now() - interval '1 second'
      where broadcast_id = ${id}
    `.execute(owner);
    expect(await feedAll(organization)).toBe(250);
  });
});

test("a number without a messaging limit counts no people", async () => {
  const { number, countUses } = await portfolio();
  const organization = await number(null);
  await broadcastTo(organization, 1, 400);
  expect(await feedAll(organization)).toBe(400);
  expect(await countUses()).toBe(0);
});

test("forgetMessagingLimitUses deletes only people written to more than 24 hours ago", async () => {
  const { number, age, countUses } = await portfolio();
  const organization = await number("TIER_250");
  await broadcastTo(organization, 1, 10);
  await feedAll(organization);
  await forgetMessagingLimitUses(engine);
  expect(await countUses()).toBe(10);
  await age(25);
  await forgetMessagingLimitUses(engine);
  expect(await countUses()).toBe(0);
});

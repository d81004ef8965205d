import { randomUUID } from "node:crypto";
import { createQueueBackend } from "@loudhailer/queue/queue-backend.ts";
import { openSendQueues, type SendQueues } from "@loudhailer/queue/send-queues.ts";
import { openSendWorker } from "@loudhailer/queue/send-worker.ts";
import { startLoop } from "@loudhailer/runtime/start-loop.ts";
import type { TestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { useTestDatabase, useTestRedis } from "@loudhailer/testing/test-environment.ts";
import { Redis } from "ioredis";
import { sql } from "kysely";
import { afterAll, describe, expect, test } from "vitest";
import { pauseBroadcast } from "../broadcasts/pause-broadcast.ts";
import { resumeBroadcast } from "../broadcasts/resume-broadcast.ts";
import { feedOnce } from "../testing/feed-once.ts";
import { useControl } from "../testing/test-control.ts";
import { createFeedMemory } from "./feed-memory.ts";
import { moveCursors } from "./move-cursors.ts";
import { takeShares } from "./take-shares.ts";

const control = await useControl();
const { engine, owner } = control;

function countQueue({ phoneNumberId }: TestOrganization): Promise<number> {
  return engine.queues.count(phoneNumberId);
}

function feed(organization: TestOrganization, options: Parameters<typeof feedOnce>[2] = {}) {
  return feedOnce(engine, organization, options);
}

async function cursorOf(broadcastId: string): Promise<string> {
  const { feed_cursor: cursor } = await owner
    .selectFrom("whatsapp_broadcasts")
    .where("id", "=", broadcastId)
    .select("feed_cursor")
    .executeTakeFirstOrThrow();
  return cursor;
}

/** Empties one number's queue, as after a FLUSHALL. */
async function loseQueue({ phoneNumberId }: TestOrganization): Promise<void> {
  await engine.queues.takeBack(phoneNumberId);
  expect(await engine.queues.count(phoneNumberId)).toBe(0);
}

describe("a number's queue", () => {
  test("holds at most 30 s of the rate", async () => {
    const { organization } = await control.newOrganization();
    await control.newBroadcast(organization, "sending", { pending: 500 });
    await feed(organization, { messagesPerSecond: 10 });
    expect(await countQueue(organization)).toBe(300);
    await feed(organization, { messagesPerSecond: 10 });
    expect(await countQueue(organization)).toBe(300);
  });

  test("is refilled from the first pending recipient when it was lost", async () => {
    const { organization } = await control.newOrganization();
    await control.newBroadcast(organization, "sending", { pending: 50 });
    await feed(organization);
    await loseQueue(organization);
    await feed(organization);
    await feed(organization);
    expect(await countQueue(organization)).toBe(50);
  });

  test("gets no recipients while a broadcast is paused and all of them after a resume", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "sending", { pending: 5 });
    await pauseBroadcast(ctx, id);
    expect(await feed(organization)).toBeNull();
    await resumeBroadcast(ctx, id);
    await feed(organization);
    expect(await countQueue(organization)).toBe(5);
  });

  test("isn't fed while it is another process's turn", async () => {
    const { organization } = await control.newOrganization();
    await control.newBroadcast(organization, "sending", { pending: 5 });
    const other = createFeedMemory(randomUUID());
    await feed(organization, { memory: other });
    await loseQueue(organization);
    expect(await feed(organization)).toMatchObject({ fed: 0 });
    await owner
      .updateTable("number_feeders")
      .set({ expires_at: new Date(Date.now() - 1) })
      .where("provider_id", "=", organization.providerId)
      .execute();
    expect(await feed(organization)).toMatchObject({ fed: 5 });
  });

  test("isn't fed again with recipients that are being sent to or have a job", async () => {
    const { organization } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "sending", { pending: 10 });
    await feed(organization);
    await control.claim(organization, await control.idsOf(id, 4));
    expect(await feed(organization)).toMatchObject({ fed: 0, queued: 10 });
    await loseQueue(organization);
    expect(await feed(organization)).toMatchObject({ fed: 6 });
  });
});

/** Sets the next attempt of the first `count` recipients to `when` from now. */
async function postpone(id: string, count: number, when: string): Promise<string[]> {
  const ids = await control.idsOf(id, count);
  await sql`
    update whatsapp_broadcast_recipients set next_attempt_at = now() + ${when}::interval
    where id = any(${ids}::bigint[])
  `.execute(owner);
  return ids;
}

describe("recipients with a next attempt", () => {
  test("are not fed until their moment has come, and then once", async () => {
    const { organization } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "sending", { pending: 10 });
    const ids = await postpone(id, 4, "24 hours");
    expect(await feed(organization)).toMatchObject({ fed: 6 });
    expect(await feed(organization)).toMatchObject({ fed: 0 });
    await postpone(id, 4, "-1 second");
    expect(await feed(organization)).toMatchObject({ fed: 4, queued: 10 });
    expect(await feed(organization)).toMatchObject({ fed: 0 });
    expect(ids).toHaveLength(4);
  });

  test("don't move the cursor while they wait", async () => {
    const { organization } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "sending", { sent: 3, pending: 2 });
    await sql`
      update whatsapp_broadcast_recipients set next_attempt_at = now() + interval '1 hour'
      where broadcast_id = ${id} and status = 'pending'
    `.execute(owner);
    await feed(organization);
    const cursor = await cursorOf(id);
    await feed(organization);
    expect(await cursorOf(id)).toBe(cursor);
    expect(await countQueue(organization)).toBe(0);
  });

  test("are fed again when the queue was lost after they were due", async () => {
    const { organization } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "sending", { pending: 4 });
    await feed(organization);
    await postpone(id, 2, "-1 second");
    await feed(organization);
    await loseQueue(organization);
    expect(await feed(organization)).toMatchObject({ fed: 4 });
    expect(await feed(organization)).toMatchObject({ fed: 0 });
  });
});

describe("a broadcast's cursor", () => {
  test("moves to the end when no recipient is pending, so that no feeding scans the broadcast", async () => {
    const { organization } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "sending", { sent: 20, sending: 1 });
    await feed(organization);
    expect(await cursorOf(id)).toBe((await control.idsOf(id, 100)).at(-1));
  });

  test("stays where another process set it while the broadcast was being fed", async () => {
    const { organization } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "sending", { pending: 4 });
    await feed(organization, { messagesPerSecond: 1 });
    const shares = await takeShares(owner, organization.providerId, 10, null);
    await control.setBroadcast(id, { feed_cursor: "0" });
    await moveCursors(owner, shares, new Set());
    expect(await cursorOf(id)).toBe("0");
  });

  test("leaves nothing behind the drained one that waits for its first attempt or is in it", async () => {
    const { organization } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "sending", { sent: 20, pending: 6 });
    await feed(organization);
    const ids = await control.idsOf(id, 26);
    const drained = async () => {
      await feed(organization);
      const row = await owner
        .selectFrom("whatsapp_broadcasts")
        .where("id", "=", id)
        .select("drained_cursor")
        .executeTakeFirstOrThrow();
      return ids.indexOf(row.drained_cursor);
    };
    expect(await drained()).toBe(19);
    await control.claim(organization, ids.slice(20, 24));
    expect(await drained()).toBe(19);
    await owner
      .updateTable("whatsapp_broadcast_recipients")
      .set({ status: "sent" })
      .where("id", "in", ids.slice(20, 23))
      .execute();
    expect(await drained()).toBe(22);
    await postpone(id, 24, "1 hour");
    expect(await drained()).toBe(23);
  });
});

const { redisUrl, prefix } = await useTestRedis();
const { databaseUrl } = await useTestDatabase();

describe.each([
  { kind: "Redis", store: { redisUrl, databaseUrl, prefix } },
  { kind: "PostgreSQL", store: { databaseUrl, prefix } },
])("several broadcasts of one number, on $kind", ({ store }) => {
  const backend = createQueueBackend(store);
  const queues: SendQueues = openSendQueues(backend);
  const shared = { ...engine, queues };
  afterAll(async () => {
    await queues.close();
    await backend.close();
  });

  /** Returns the recipients in the order one worker gets them, until all of `until` are handled. */
  async function workOff({ phoneNumberId }: TestOrganization, until: readonly string[]) {
    const handled: string[] = [];
    const left = new Set(until);
    const worker = openSendWorker(
      backend,
      phoneNumberId,
      async (recipientId) => {
        handled.push(recipientId);
        left.delete(recipientId);
        return "done";
      },
      { concurrency: 1, onError: () => undefined },
    );
    await eventually(() => expect(left.size).toBe(0), { timeoutMs: 20_000 });
    await worker.close();
    return handled;
  }

  test("finish a small one after as many recipients of the large one", async () => {
    const { organization } = await control.newOrganization();
    const memory = createFeedMemory();
    const large = await control.newBroadcast(organization, "sending", { pending: 20_000 });
    await feedOnce(shared, organization, { memory });
    expect(await queues.count(organization.phoneNumberId)).toBe(2_400);
    const small = await control.newBroadcast(organization, "sending", { pending: 20 });
    await feedOnce(shared, organization, { memory });
    // 5 s of the rate, so that the next broadcast to join waits less, too.
    expect(await queues.count(organization.phoneNumberId)).toBe(400);
    const handled = await workOff(organization, await control.idsOf(small, 20));
    expect(handled.slice(0, 4)).toEqual(
      expect.arrayContaining([
        ...(await control.idsOf(small, 2)),
        ...(await control.idsOf(large, 2)),
      ]),
    );
    const lastOfSmall = (await control.idsOf(small, 20)).at(-1);
    expect(handled.indexOf(lastOfSmall ?? "")).toBeLessThanOrEqual(40);
  });

  test("don't delay one that joins right after another one", async () => {
    const { organization } = await control.newOrganization();
    const memory = createFeedMemory();
    await control.newBroadcast(organization, "sending", { pending: 5_000 });
    await feedOnce(shared, organization, { memory });
    await control.newBroadcast(organization, "sending", { pending: 5_000 });
    await feedOnce(shared, organization, { memory });
    const third = await control.newBroadcast(organization, "sending", { pending: 20 });
    await eventually(async () => {
      await feedOnce(shared, organization, { memory });
      expect(await cursorOf(third)).not.toBe("0");
    });
    const handled = await workOff(organization, await control.idsOf(third, 20));
    const lastOfThird = (await control.idsOf(third, 20)).at(-1);
    expect(handled.indexOf(lastOfThird ?? "")).toBeLessThanOrEqual(60);
  });

  test("feed every recipient and continue the large one where it was", async () => {
    const { organization } = await control.newOrganization();
    const options = { messagesPerSecond: 200, memory: createFeedMemory() };
    const large = await control.newBroadcast(organization, "sending", { pending: 450 });
    await feedOnce(shared, organization, options);
    const small = await control.newBroadcast(organization, "sending", { pending: 30 });
    await feedOnce(shared, organization, options);
    const allIds = [...(await control.idsOf(large, 450)), ...(await control.idsOf(small, 30))];
    const feeding = startLoop(
      "feed",
      50,
      () => feedOnce(shared, organization, options),
      engine.log,
    );
    const handled = await workOff(organization, allIds);
    await feeding.close();
    // Nothing claims recipients here, so one may be fed a second time.
    expect(new Set(handled)).toEqual(new Set(allIds));
  });
});

describe("a queue in Redis that lost", () => {
  const redis = new Redis(redisUrl);
  const backend = createQueueBackend({ redisUrl, databaseUrl, prefix });
  const queues = openSendQueues(backend);
  afterAll(async () => {
    await queues.close();
    await backend.close();
    redis.disconnect();
  });
  const feedRedis = (organization: TestOrganization) =>
    feedOnce({ ...engine, queues }, organization);
  const keyOf = ({ phoneNumberId }: TestOrganization, name: string) =>
    `${prefix}:send-${phoneNumberId}:${name}`;

  test.each<[string, (organization: TestOrganization) => Promise<unknown>]>([
    [
      "everything",
      async (organization) => redis.unlink(await redis.keys(keyOf(organization, "*"))),
    ],
    ["its list", (organization) => redis.del(keyOf(organization, "wait"))],
    ["some entries", (organization) => redis.ltrim(keyOf(organization, "wait"), 3, -4)],
  ])("%s gets the missing recipients again, and only them", async (_, lose) => {
    const { organization } = await control.newOrganization();
    await control.newBroadcast(organization, "sending", { pending: 50 });
    await feedRedis(organization);
    await lose(organization);
    const left = await queues.count(organization.phoneNumberId);
    expect(await feedRedis(organization)).toMatchObject({ fed: 50 - left });
    expect((await queues.queuedIds(organization.phoneNumberId)).size).toBe(50);
    expect(await queues.count(organization.phoneNumberId)).toBe(50);
  });

  test("a job that is stored in no list stands in no recipient's way", async () => {
    const { organization } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "sending", { pending: 5 });
    for (const recipientId of await control.idsOf(id, 5)) {
      for (const jobId of [`r${recipientId}`, `r${recipientId}-1`]) {
        await redis.hset(keyOf(organization, jobId), { name: "send", data: "{}", opts: "{}" });
      }
    }
    await feedRedis(organization);
    await feedRedis(organization);
    expect(await queues.count(organization.phoneNumberId)).toBe(5);
  });
});

import { randomUUID } from "node:crypto";
import { countActivity } from "@loudhailer/core/overview/count-activity.ts";
import { createTestBroadcast } from "@loudhailer/testing/create-test-broadcast.ts";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { createBroadcastBody } from "../../testing/create-broadcast-body.ts";
import { startTestApi } from "../../testing/start-test-api.ts";

const { engineDb, newOrganization } = await startTestApi();

const { api, organizationId } = await newOrganization();
const { providerId, templateId } = await createBroadcastBody(api);
const { broadcastId } = await createTestBroadcast(
  engineDb,
  { organizationId, providerId, templateId, phoneNumberId: "", wabaId: "" },
  { recipients: 0, status: "completed" },
);

async function add(status: string, at: Record<string, string>): Promise<void> {
  await sql`
    insert into whatsapp_broadcast_recipients (organization_id, broadcast_id, phone, status, sent_at,
      delivered_at, read_at, failed_at, replied_at)
    values (${organizationId}, ${broadcastId}, '+4915123456789', ${status}, ${at["sent"] ?? null},
      ${at["delivered"] ?? null}, ${at["read"] ?? null}, ${at["failed"] ?? null}, ${at["replied"] ?? null})
  `.execute(engineDb);
  await sql`
    update whatsapp_broadcasts b set total_recipients = c.total, successful_sends = c.sent,
      failed_sends = c.failed, delivered_count = c.delivered, read_count = c.read, replied_count = c.replied
    from (
      select count(*) as total, count(*) filter (where status in ('sent', 'delivered', 'read')) as sent,
        count(*) filter (where status = 'failed') as failed,
        count(*) filter (where status in ('delivered', 'read')) as delivered,
        count(*) filter (where status = 'read') as read, count(replied_at) as replied
      from whatsapp_broadcast_recipients where broadcast_id = ${broadcastId}
    ) c
    where b.id = ${broadcastId}
  `.execute(engineDb);
}

// 23:50 in Berlin, and 00:10 on the next day there.
const evening = "2026-03-10T22:50:00Z";
const night = "2026-03-10T23:10:00Z";
await add("sent", { sent: evening });
await add("delivered", { sent: evening, delivered: night });
// Meta may report `read` without `delivered`.
await add("read", { sent: evening, read: night, replied: night });
await add("failed", { failed: evening });
await countActivity(engineDb);

const period = "from=2026-03-09&to=2026-03-12";
const read = async (query: string) => (await api.get(`/v1/overview?${query}`)).body;

const timeline = async () => (await api.get(`/v1/broadcasts/${broadcastId}/timeline`)).body;
const sums = ({ buckets }: { buckets: Record<string, number>[] }) =>
  buckets.reduce<Record<string, number>>(
    (all, { sent = 0, delivered = 0, read: reads = 0, failed = 0 }) => ({
      sent: (all["sent"] ?? 0) + sent,
      delivered: (all["delivered"] ?? 0) + delivered,
      read: (all["read"] ?? 0) + reads,
      failed: (all["failed"] ?? 0) + failed,
    }),
    {},
  );

test("a broadcast's timeline has a bucket for each span from its first event to its last", async () => {
  const found = await timeline();
  expect(found.bucketSeconds).toBe(15);
  expect(found.buckets).toHaveLength(81);
  expect(found.buckets[0]).toEqual({
    startsAt: "2026-03-10T22:50:00.000Z",
    sent: 3,
    delivered: 0,
    read: 0,
    failed: 1,
  });
  expect(found.buckets.at(-1)).toMatchObject({ delivered: 2, read: 1 });
  expect(sums(found)).toEqual({ sent: 3, delivered: 2, read: 1, failed: 1 });
});

test("a large broadcast's timeline has buckets of 15 minutes with the same sums", async () => {
  await sql`
    update whatsapp_broadcasts set total_recipients = 100001 where id = ${broadcastId}
  `.execute(engineDb);
  const found = await timeline();
  expect(found.bucketSeconds).toBe(900);
  expect(found.buckets.map(({ startsAt }: { startsAt: string }) => startsAt)).toEqual([
    "2026-03-10T22:45:00.000Z",
    "2026-03-10T23:00:00.000Z",
  ]);
  expect(sums(found)).toEqual({ sent: 3, delivered: 2, read: 1, failed: 1 });
});

test("the overview counts by days of the time zone, with sums equal to the broadcast's counters", async () => {
  const berlin = await read(`${period}&timeZone=Europe/Berlin`);
  expect(berlin.totals).toEqual({ sent: 3, delivered: 2, read: 1, failed: 1, replied: 1 });
  expect(berlin.days).toEqual([
    { date: "2026-03-09", sent: 0, delivered: 0, read: 0, failed: 0, replied: 0 },
    { date: "2026-03-10", sent: 3, delivered: 0, read: 0, failed: 1, replied: 0 },
    { date: "2026-03-11", sent: 0, delivered: 2, read: 1, failed: 0, replied: 1 },
    { date: "2026-03-12", sent: 0, delivered: 0, read: 0, failed: 0, replied: 0 },
  ]);
  const utc = await read(period);
  expect(utc.days[1]).toMatchObject({ sent: 3, delivered: 2, read: 1, failed: 1, replied: 1 });
  const { body: broadcast } = await api.get(`/v1/broadcasts/${broadcastId}`);
  expect(utc.totals).toEqual({
    sent: broadcast.successfulSends,
    delivered: broadcast.deliveredCount,
    read: broadcast.readCount,
    failed: broadcast.failedSends,
    replied: broadcast.repliedCount,
  });
});

test("the overview recounts changes by number and template without other organizations' broadcasts", async () => {
  await add("sent", { sent: night });
  await sql`update broadcast_activity_counts set counted_at = now() - interval '1 hour'`.execute(
    engineDb,
  );
  await Promise.all([countActivity(engineDb), countActivity(engineDb)]);
  const all = await read(period);
  expect(all.totals.sent).toBe(4);
  expect(all.numbers).toMatchObject([{ providerId, sent: 4 }]);
  expect(all.templates).toMatchObject([{ templateId, name: "order_update", sent: 4 }]);
  const foreign = await newOrganization();
  expect((await foreign.api.get(`/v1/overview?${period}`)).body.totals.sent).toBe(0);
  expect((await read(`${period}&providerId=${randomUUID()}`)).totals.sent).toBe(0);
  expect((await read(`${period}&templateId=${templateId}`)).totals.sent).toBe(4);
});

test("the overview covers the last 30 days by default and refuses invalid parameters by name", async () => {
  const { body } = await api.get("/v1/overview");
  expect(body.days).toHaveLength(30);
  for (const query of [
    "from=2026-02-30",
    "from=2026-03-02&to=2026-03-01",
    "from=2020-01-01&to=2026-01-01",
    "timeZone=Mars",
    "from=0001-01-01&to=0001-01-02",
  ]) {
    const answer = await api.get(`/v1/overview?${query}`);
    expect([query, answer.status]).toEqual([query, 400]);
    expect(answer.body.error.details.fields).toHaveLength(1);
  }
});

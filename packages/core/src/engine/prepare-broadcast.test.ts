import type { TestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { cancelBroadcast } from "../broadcasts/cancel-broadcast.ts";
import { createBroadcast } from "../broadcasts/create-broadcast.ts";
import { getBroadcast } from "../broadcasts/get-broadcast.ts";
import { launchBroadcast } from "../broadcasts/launch-broadcast.ts";
import { listFailures } from "../broadcasts/list-failures.ts";
import { pauseBroadcast } from "../broadcasts/pause-broadcast.ts";
import { resumeBroadcast } from "../broadcasts/resume-broadcast.ts";
import { mergeContacts } from "../contacts/merge-contacts.ts";
import type { TenantContext } from "../tenant-context.ts";
import { addContacts } from "../testing/add-contacts.ts";
import { useControl } from "../testing/test-control.ts";
import { completeBroadcasts } from "./complete-broadcasts.ts";
import { prepareNextSlice } from "./prepare-broadcast.ts";
import { sweepCanceledBroadcasts } from "./sweep-canceled-broadcasts.ts";

const control = await useControl();
const { engine, owner } = control;
const firstSlice = 2_000;

async function launch(
  { organization, ctx }: { organization: TestOrganization; ctx: TenantContext },
  changes: object = {},
): Promise<string> {
  const { id } = await createBroadcast(ctx, {
    name: "Spring",
    providerId: organization.providerId,
    templateId: organization.templateId,
    segmentCriteria: { combinator: "and" as const, rules: [] },
    variables: { body: { 1: { source: "field" as const, field: "name" } } },
    ...changes,
  });
  await launchBroadcast(ctx, id);
  return id;
}

async function prepareAll(): Promise<void> {
  while ((await prepareNextSlice(engine)) !== null);
}

async function launchTo(contacts: number) {
  const made = await control.newOrganization();
  await addContacts(owner, made.organization, contacts);
  return { ...made, id: await launch(made) };
}

function read(broadcastId: string) {
  return owner
    .selectFrom("whatsapp_broadcasts")
    .where("id", "=", broadcastId)
    .select(["status", "total_recipients", "prepare_cursor", "pause_reason", "failure_reason"])
    .executeTakeFirstOrThrow();
}

/** Counts a broadcast's recipients and the distinct phone numbers among them. */
async function countRecipients(broadcastId: string) {
  return owner
    .selectFrom("whatsapp_broadcast_recipients")
    .where("broadcast_id", "=", broadcastId)
    .select((eb) => [
      eb.fn.countAll<string>().as("rows"),
      eb.fn.count<string>("phone").distinct().as("people"),
    ])
    .executeTakeFirstOrThrow();
}

async function readAudience(broadcastId: string) {
  await control.expectCountersToEqualRows(broadcastId);
  const { total_recipients: total, prepare_cursor: cursor } = await read(broadcastId);
  return { ...(await countRecipients(broadcastId)), total, cursor };
}

/** Returns the audience after each of `people` is frozen once and none is left. */
function frozen(people: number) {
  return { rows: String(people), people: String(people), total: people, cursor: null };
}

/** Runs `meanwhile` while a written slice waits for the lock on the broadcast's row. */
async function withSliceWaiting(
  broadcastId: string,
  meanwhile: (held: typeof owner, backend: number) => Promise<unknown>,
): Promise<PromiseSettledResult<string | null> | undefined> {
  const { slice } = await owner.transaction().execute(async (held) => {
    await sql`select from whatsapp_broadcasts where id = ${broadcastId} for update`.execute(held);
    const started = Promise.allSettled([prepareNextSlice(engine)]);
    const backend = await eventually(async () => {
      const { rows } = await sql<{ pid: number }>`
        select pid from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'
          and query like 'update "whatsapp_broadcasts"%'
      `.execute(owner);
      expect(rows).toHaveLength(1);
      return rows[0]?.pid ?? 0;
    });
    await meanwhile(held, backend);
    return { slice: started };
  });
  return (await slice)[0];
}

test("contacts merged while the audience is being frozen become one recipient", async () => {
  const { organization, id } = await launchTo(firstSlice + 10);
  await prepareNextSlice(engine);
  const { organizationId } = organization;
  const ids = await owner
    .selectFrom("contacts")
    .where("organization_id", "=", organizationId)
    .select("id")
    .orderBy("id")
    .execute();
  const [fromId = "", intoId = ""] = [ids.at(0)?.id, ids.at(-1)?.id];
  await engine.engineDb
    .transaction()
    .execute((trx) => mergeContacts(trx, { organizationId, fromId, intoId }));
  await prepareAll();
  expect(await read(id)).toMatchObject({ status: "sending", prepare_cursor: null });
  const audience = await readAudience(id);
  expect(audience).toMatchObject({ rows: String(firstSlice + 9), total: firstSlice + 9 });
});

test("a broadcast is paused before its first message when its template was edited since the launch", async () => {
  const { organization, ctx, id } = await launchTo(3);
  await owner
    .updateTable("whatsapp_templates")
    .set({ components: JSON.stringify([{ type: "BODY", text: "Bye {{1}}." }]) })
    .where("id", "=", organization.templateId)
    .execute();
  await prepareAll();
  expect(await read(id)).toMatchObject({
    status: "paused",
    pause_reason: "template_edited",
    total_recipients: 3,
  });
  expect((await resumeBroadcast(ctx, id)).status).toBe("sending");
});

test("a broadcast is paused with the number's reason when the number was paused since the launch", async () => {
  const { organization, ctx, id } = await launchTo(3);
  const out = { status: "paused", status_reason: "account_restricted" } as const;
  await owner
    .updateTable("whatsapp_providers")
    .set(out)
    .where("id", "=", organization.providerId)
    .execute();
  await prepareAll();
  expect(await read(id)).toMatchObject({
    status: "paused",
    pause_reason: "account_restricted",
    total_recipients: 3,
  });
  expect((await resumeBroadcast(ctx, id)).status).toBe("sending");
});

describe("the audience", () => {
  test("stores each recipient's values, excludes opted-out contacts and skips those with a missing value", async () => {
    const { organization, ctx } = await control.newOrganization();
    const { organizationId } = organization;
    const contacts = [["Ada"], ["  "], ["Grace"], ["Linus", new Date()]] as const;
    for (const [at, [name, optedOutAt]] of contacts.entries()) {
      await owner
        .insertInto("contacts")
        .values({
          organization_id: organizationId,
          phone: `+1555020000${at}`,
          name,
          opted_out_at: optedOutAt ?? null,
        })
        .execute();
    }
    const id = await launch({ organization, ctx });
    await prepareAll();
    expect(await getBroadcast(ctx, id)).toMatchObject({
      status: "sending",
      totalRecipients: 3,
      skippedCount: 1,
      pendingCount: 2,
    });
    const rows = await owner
      .selectFrom("whatsapp_broadcast_recipients")
      .where("broadcast_id", "=", id)
      .select(["variables", "status", "error_code"])
      .orderBy("id")
      .execute();
    expect(rows).toEqual([
      { variables: ["Ada"], status: "pending", error_code: null },
      { variables: [null], status: "skipped", error_code: "missing_variable" },
      { variables: ["Grace"], status: "pending", error_code: null },
    ]);
    expect(await listFailures(ctx, id)).toMatchObject([
      {
        status: "skipped",
        errorCode: "missing_variable",
        errorTitle: "The contact has no name",
        advice: expect.stringContaining("fallback"),
        count: 1,
      },
    ]);
  });

  test("contains only the segment's contacts", async () => {
    const made = await control.newOrganization();
    await addContacts(owner, made.organization, 3);
    await owner
      .updateTable("contacts")
      .set({ tags: ["vip"] })
      .where("organization_id", "=", made.organization.organizationId)
      .where("name", "=", "Ada 2")
      .execute();
    const id = await launch(made, { segmentCriteria: { tag: "vip" } });
    await prepareAll();
    expect(await getBroadcast(made.ctx, id)).toMatchObject({ totalRecipients: 1 });
  });

  test("fails the broadcast with a reason when it is empty", async () => {
    const made = await control.newOrganization();
    const id = await launch(made);
    await prepareAll();
    expect(await read(id)).toMatchObject({ status: "failed", failure_reason: "no_recipients" });
  });

  test("fails the broadcast only at its end when every contact lacks a value", async () => {
    const { organization, ctx } = await control.newOrganization();
    await addContacts(owner, organization, firstSlice + 1);
    const variables = { body: { 1: { source: "field" as const, field: "attributes.City" } } };
    const id = await launch({ organization, ctx }, { variables });
    await prepareNextSlice(engine);
    expect(await read(id)).toMatchObject({ status: "preparing", total_recipients: firstSlice });
    await prepareAll();
    expect(await read(id)).toMatchObject({
      status: "failed",
      failure_reason: "all_recipients_skipped",
    });
    expect(await readAudience(id)).toEqual(frozen(firstSlice + 1));
  });
});

describe("preparing in slices", () => {
  test("starts the broadcast with the first slice and lets it end only after the last", async () => {
    const { id } = await launchTo(firstSlice + 3_000);
    await prepareNextSlice(engine);
    expect(await read(id)).toMatchObject({ status: "sending", total_recipients: firstSlice });
    await sql`
      with sent as (
        update whatsapp_broadcast_recipients set status = 'sent' where broadcast_id = ${id}
      )
      update whatsapp_broadcasts set successful_sends = total_recipients where id = ${id}
    `.execute(owner);
    await completeBroadcasts(engine);
    expect(await read(id)).toMatchObject({ status: "sending" });
    await prepareAll();
    expect(await readAudience(id)).toEqual(frozen(firstSlice + 3_000));
    await sql`update whatsapp_broadcast_recipients set status = 'sent' where broadcast_id = ${id}`.execute(
      owner,
    );
    await sql`update whatsapp_broadcasts set successful_sends = total_recipients where id = ${id}`.execute(
      owner,
    );
    await completeBroadcasts(engine);
    expect(await read(id)).toMatchObject({ status: "completed" });
  });

  test("leaves nothing of an interrupted slice and continues exactly there", async () => {
    const { id } = await launchTo(firstSlice + 3_000);
    await prepareNextSlice(engine);
    const before = await read(id);
    const outcome = await withSliceWaiting(id, (held, backend) =>
      sql`select pg_terminate_backend(${backend})`.execute(held),
    );
    expect(outcome?.status).toBe("rejected");
    expect(await read(id)).toEqual(before);
    await prepareAll();
    expect(await readAudience(id)).toEqual(frozen(firstSlice + 3_000));
  });

  test("writes each recipient once when several processes share the work", async () => {
    const large = await launchTo(firstSlice + 3_000);
    const small = await launchTo(10);
    await Promise.all([prepareAll(), prepareAll(), prepareAll()]);
    await prepareAll();
    expect(await readAudience(large.id)).toEqual(frozen(firstSlice + 3_000));
    expect(await readAudience(small.id)).toEqual(frozen(10));
  });

  test("prepares a newly launched broadcast before another one's next slice", async () => {
    const large = await launchTo(firstSlice + 1);
    expect(await prepareNextSlice(engine)).toBe(large.id);
    const small = await launchTo(10);
    expect(await prepareNextSlice(engine)).toBe(small.id);
    expect(await read(small.id)).toMatchObject({ status: "sending", total_recipients: 10 });
    await prepareAll();
  });

  test("continues while the broadcast is paused", async () => {
    const { id, ctx } = await launchTo(firstSlice + 1);
    await prepareNextSlice(engine);
    await pauseBroadcast(ctx, id);
    await prepareAll();
    expect(await read(id)).toMatchObject({ status: "paused", pause_reason: "paused_by_operator" });
    expect(await readAudience(id)).toEqual(frozen(firstSlice + 1));
  });

  test("writes one recipient for a contact that is deleted and imported again meanwhile", async () => {
    const { id, organization } = await launchTo(firstSlice + 1);
    await prepareNextSlice(engine);
    const { organizationId } = organization;
    await owner
      .deleteFrom("contacts")
      .where("organization_id", "=", organizationId)
      .where("name", "=", "Ada 1")
      .execute();
    await owner
      .insertInto("contacts")
      .values({ organization_id: organizationId, phone: "+15550000001", name: "Ada 1" })
      .execute();
    await prepareAll();
    expect(await readAudience(id)).toEqual(frozen(firstSlice + 1));
  });
});

describe("a canceled broadcast", () => {
  test("gets no more slices and cancels its recipients when canceled between two slices", async () => {
    const { id, ctx } = await launchTo(firstSlice + 1);
    await prepareNextSlice(engine);
    await cancelBroadcast(ctx, id);
    await prepareAll();
    await sweepCanceledBroadcasts(engine);
    expect(await readAudience(id)).toEqual(frozen(firstSlice));
    expect(await getBroadcast(ctx, id)).toMatchObject({
      status: "canceled",
      canceledCount: firstSlice,
      pendingCount: 0,
      completedAt: expect.any(String),
    });
  });

  test.each([
    { during: "the first slice", slicesBefore: 0 },
    { during: "a later slice", slicesBefore: 1 },
  ])("keeps nothing of the slice when canceled during $during", async ({ slicesBefore }) => {
    const { id } = await launchTo(firstSlice + 10);
    for (let slice = 0; slice < slicesBefore; slice++) await prepareNextSlice(engine);
    await withSliceWaiting(id, (held) =>
      sql`
        update whatsapp_broadcasts set status = 'canceled', canceled_at = now() where id = ${id}
      `.execute(held),
    );
    await prepareAll();
    expect(await readAudience(id)).toEqual(frozen(slicesBefore * firstSlice));
    expect(await read(id)).toMatchObject({ status: "canceled" });
  });
});

describe("a broadcast whose audience can't be prepared", () => {
  test("fails without holding up other broadcasts", async () => {
    const { id } = await launchTo(1);
    await control.setBroadcast(id, { variables: "{}", launched_at: new Date(0) });
    const other = await launchTo(1);
    await prepareAll();
    expect(await read(id)).toMatchObject({
      status: "failed",
      failure_reason: "could_not_be_prepared",
    });
    expect(await readAudience(other.id)).toEqual(frozen(1));
  });

  test("is paused after its first slice, keeps its recipients, and tries the rest on resume", async () => {
    const { id, ctx } = await launchTo(firstSlice + 10);
    await prepareNextSlice(engine);
    const { variables } = await owner
      .selectFrom("whatsapp_broadcasts")
      .where("id", "=", id)
      .select("variables")
      .executeTakeFirstOrThrow();
    await control.setBroadcast(id, { variables: "{}" });
    const other = await launchTo(1);
    await prepareAll();
    expect(await read(id)).toMatchObject({
      status: "paused",
      pause_reason: "audience_incomplete",
      total_recipients: firstSlice,
    });
    expect(await readAudience(other.id)).toEqual(frozen(1));
    await resumeBroadcast(ctx, id);
    await prepareAll();
    expect(await read(id)).toMatchObject({ status: "paused" });
    await control.setBroadcast(id, { variables: JSON.stringify(variables) });
    await resumeBroadcast(ctx, id);
    await prepareAll();
    expect(await read(id)).toMatchObject({ status: "sending" });
    expect(await readAudience(id)).toEqual(frozen(firstSlice + 10));
  });
});

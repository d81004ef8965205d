import { startLoop } from "@loudhailer/runtime/start-loop.ts";
import type { TestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { launchDueBroadcasts } from "../engine/launch-due-broadcasts.ts";
import { updateSettings } from "../organizations/update-settings.ts";
import type { TenantContext } from "../tenant-context.ts";
import { useControl } from "../testing/test-control.ts";
import { createBroadcast } from "./create-broadcast.ts";
import { getBroadcast } from "./get-broadcast.ts";
import { launchBroadcast } from "./launch-broadcast.ts";
import { listBroadcasts } from "./list-broadcasts.ts";
import { scheduleBroadcast } from "./schedule-broadcast.ts";

const control = await useControl();
const { engine, owner } = control;

function inSeconds(seconds: number): string {
  return new Date(Date.now() + seconds * 1_000).toISOString();
}

function draft(ctx: TenantContext, organization: TestOrganization) {
  return createBroadcast(ctx, {
    name: "Spring",
    providerId: organization.providerId,
    templateId: organization.templateId,
    segmentCriteria: { combinator: "and", rules: [] },
    variables: { body: { 1: { source: "text", value: "Ada" } } },
  });
}

describe("scheduleBroadcast", () => {
  test("schedules a draft and reschedules a scheduled broadcast", async () => {
    const { organization, ctx } = await control.newOrganization();
    const { id } = await draft(ctx, organization);
    const [first, second] = [inSeconds(3_600), inSeconds(7_200)];
    expect(await scheduleBroadcast(ctx, id, { scheduledAt: first })).toMatchObject({
      status: "scheduled",
      scheduledAt: first,
    });
    expect(await scheduleBroadcast(ctx, id, { scheduledAt: second })).toMatchObject({
      scheduledAt: second,
    });
    expect(await control.auditOf(id)).toEqual([
      "broadcast.created",
      "broadcast.scheduled",
      "broadcast.scheduled",
    ]);
  });

  test("rejects a past moment and keeps the draft", async () => {
    const { organization, ctx } = await control.newOrganization();
    const { id } = await draft(ctx, organization);
    await expect(async () =>
      scheduleBroadcast(ctx, id, { scheduledAt: inSeconds(-1) }),
    ).rejects.toMatchObject({
      code: "invalid_input",
      details: { fields: [expect.objectContaining({ path: "scheduledAt" })] },
    });
    expect(await getBroadcast(ctx, id)).toMatchObject({ status: "draft", scheduledAt: null });
  });

  test("rejects unsendable content immediately, not when it is due", async () => {
    const { organization, ctx } = await control.newOrganization();
    const { id } = await draft(ctx, organization);
    await owner
      .updateTable("whatsapp_templates")
      .set({ status: "REJECTED" })
      .where("id", "=", organization.templateId)
      .execute();
    await expect(scheduleBroadcast(ctx, id, { scheduledAt: inSeconds(60) })).rejects.toMatchObject({
      code: "template_not_approved",
      details: { status: "draft", templateStatus: "REJECTED" },
    });
  });

  test.each(["preparing", "sending", "paused", "completed", "canceled", "failed"] as const)(
    "rejects a %s broadcast",
    async (status) => {
      const { organization, ctx } = await control.newOrganization();
      const id = await control.newBroadcast(organization, status, {});
      await expect(
        scheduleBroadcast(ctx, id, { scheduledAt: inSeconds(60) }),
      ).rejects.toMatchObject({
        code: "conflict",
        details: { status },
      });
    },
  );
});

describe("a scheduled broadcast", () => {
  test("starts at its scheduled time, at most a second late", async () => {
    const { organization, ctx } = await control.newOrganization();
    const { id } = await draft(ctx, organization);
    const dueAt = Date.now() + 1_500;
    await scheduleBroadcast(ctx, id, { scheduledAt: new Date(dueAt).toISOString() });
    const loop = startLoop("launch due", 500, () => launchDueBroadcasts(engine), engine.log);
    try {
      const { launchedAt } = await eventually(async () => {
        const broadcast = await getBroadcast(ctx, id);
        expect(broadcast.status).toBe("preparing");
        return broadcast;
      });
      const late = Date.parse(launchedAt ?? "") - dueAt;
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(1_000);
    } finally {
      await loop.close();
    }
  });

  test("starts at once, with all others due, when it was missed while nothing ran", async () => {
    const { organization, ctx } = await control.newOrganization();
    const missed = await Promise.all([1, 2, 3].map(() => draft(ctx, organization)));
    const later = await draft(ctx, organization);
    for (const { id } of [...missed, later])
      await scheduleBroadcast(ctx, id, { scheduledAt: inSeconds(3_600) });
    for (const { id } of missed) {
      await control.setBroadcast(id, { scheduled_at: inSeconds(-1_800) });
    }
    await launchDueBroadcasts(engine);
    for (const { id } of missed) {
      expect(await getBroadcast(ctx, id)).toMatchObject({ status: "preparing" });
    }
    expect(await getBroadcast(ctx, later.id)).toMatchObject({ status: "scheduled" });
  });

  test.each([
    { graceMinutes: null, words: "an hour" },
    { graceMinutes: 5, words: "5 minutes" },
    { graceMinutes: 1_440, words: "24 hours" },
  ])(
    "waits for a person once it is later than its organization's grace of $words",
    async ({ graceMinutes }) => {
      const { organization, ctx } = await control.newOrganization();
      if (graceMinutes !== null) await updateSettings(ctx, { scheduleGraceMinutes: graceMinutes });
      const graceSeconds = (graceMinutes ?? 60) * 60;
      const missedAt = inSeconds(-graceSeconds - 1);
      const [inTime, missed] = [await draft(ctx, organization), await draft(ctx, organization)];
      for (const [{ id }, at] of [
        [inTime, inSeconds(-graceSeconds + 30)] as const,
        [missed, missedAt] as const,
      ]) {
        await scheduleBroadcast(ctx, id, { scheduledAt: inSeconds(60) });
        await control.setBroadcast(id, { scheduled_at: at });
      }
      await launchDueBroadcasts(engine);
      expect(await getBroadcast(ctx, inTime.id)).toMatchObject({
        status: "preparing",
        waiting: null,
      });
      const shown = `${missedAt.slice(0, 19).replace("T", " ")} UTC`;
      const waiting = {
        reason: "schedule_missed",
        until: null,
        message: `Its time, ${shown}, was missed. Launch it now, or choose another time.`,
      };
      expect(await getBroadcast(ctx, missed.id)).toMatchObject({ status: "scheduled", waiting });
      const { items } = await listBroadcasts(ctx, { limit: 10, status: "scheduled" });
      expect(items).toMatchObject([{ id: missed.id, waiting }]);
    },
  );

  test("that missed its time still waits for a person when the grace becomes longer", async () => {
    const { organization, ctx } = await control.newOrganization();
    const { id } = await draft(ctx, organization);
    await scheduleBroadcast(ctx, id, { scheduledAt: inSeconds(60) });
    await control.setBroadcast(id, { scheduled_at: inSeconds(-7_200) });
    await launchDueBroadcasts(engine);
    await updateSettings(ctx, { scheduleGraceMinutes: 1_440 });
    await launchDueBroadcasts(engine);
    expect(await getBroadcast(ctx, id)).toMatchObject({
      status: "scheduled",
      waiting: { reason: "schedule_missed" },
    });
  });

  test("that missed its time can be rescheduled or launched by a person", async () => {
    const { organization, ctx } = await control.newOrganization();
    const [later, now] = [await draft(ctx, organization), await draft(ctx, organization)];
    for (const { id } of [later, now]) {
      await scheduleBroadcast(ctx, id, { scheduledAt: inSeconds(60) });
      await control.setBroadcast(id, { scheduled_at: inSeconds(-7_200) });
    }
    const scheduledAt = inSeconds(600);
    expect(await scheduleBroadcast(ctx, later.id, { scheduledAt })).toMatchObject({
      status: "scheduled",
      scheduledAt,
      waiting: null,
    });
    expect(await launchBroadcast(ctx, now.id)).toMatchObject({
      status: "preparing",
      waiting: null,
    });
  });

  test("fails with a message when it can't be sent when due", async () => {
    const { organization, ctx } = await control.newOrganization();
    const { id } = await draft(ctx, organization);
    await scheduleBroadcast(ctx, id, { scheduledAt: inSeconds(60) });
    await control.setBroadcast(id, { scheduled_at: inSeconds(-1) });
    await owner
      .updateTable("whatsapp_providers")
      .set({ status: "disconnected" })
      .where("id", "=", organization.providerId)
      .execute();
    await launchDueBroadcasts(engine);
    expect(await getBroadcast(ctx, id)).toMatchObject({
      status: "failed",
      failureReason: "broadcast_not_sendable",
      failureMessage: expect.stringContaining("not connected"),
    });
  });

  test("doesn't hold up later ones when its launch fails for an unexpected reason", async () => {
    const { organization, ctx } = await control.newOrganization();
    const [broken, next] = [await draft(ctx, organization), await draft(ctx, organization)];
    for (const [{ id }, ago] of [[broken, -20] as const, [next, -10] as const]) {
      await scheduleBroadcast(ctx, id, { scheduledAt: inSeconds(60) });
      await control.setBroadcast(id, { scheduled_at: inSeconds(ago) });
    }
    await sql`create function break_launch() returns trigger language plpgsql as
      $$ begin raise exception 'made for a test'; end $$`.execute(owner);
    await sql`create trigger break_launch before update on whatsapp_broadcasts for each row
      when (old.id = ${sql.lit(broken.id)}) execute function break_launch()`.execute(owner);
    await expect(launchDueBroadcasts(engine)).rejects.toThrow(broken.id);
    expect(await getBroadcast(ctx, next.id)).toMatchObject({ status: "preparing" });
    await sql`drop function break_launch() cascade`.execute(owner);
    await launchDueBroadcasts(engine);
    expect(await getBroadcast(ctx, broken.id)).toMatchObject({ status: "preparing" });
  });
});

import { randomUUID } from "node:crypto";
import { settleRecipients } from "@loudhailer/db/settle-recipients.ts";
import { releaseClaim } from "@loudhailer/pacing/claim-recipients.ts";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { launchDueBroadcasts } from "../engine/launch-due-broadcasts.ts";
import {
  sweepCanceledBroadcasts,
  type CanceledSearches,
} from "../engine/sweep-canceled-broadcasts.ts";
import { forgetLostClaims } from "../engine/sweep-dead-dispatchers.ts";
import { useControl } from "../testing/test-control.ts";
import { cancelBroadcast } from "./cancel-broadcast.ts";
import { createBroadcast } from "./create-broadcast.ts";
import { getBroadcast } from "./get-broadcast.ts";
import { launchBroadcast } from "./launch-broadcast.ts";
import { pauseBroadcast } from "./pause-broadcast.ts";
import { resumeBroadcast } from "./resume-broadcast.ts";

const control = await useControl();
const { engine, enginePool, owner } = control;

describe("cancelBroadcast", () => {
  test.each(["scheduled", "preparing", "sending", "paused"] as const)(
    "cancels a %s broadcast and records it in the audit log",
    async (status) => {
      const { organization, ctx } = await control.newOrganization();
      const id = await control.newBroadcast(organization, status, {});
      expect(await cancelBroadcast(ctx, id)).toMatchObject({
        id,
        status: "canceled",
        pauseReason: null,
        canceledAt: expect.any(String),
        completedAt: null,
      });
      expect(await control.auditOf(id)).toEqual(["broadcast.canceled"]);
      await expect(cancelBroadcast(ctx, id)).rejects.toMatchObject({
        code: "conflict",
        details: { status: "canceled" },
      });
    },
  );

  test.each(["draft", "completed", "failed"] as const)(
    "rejects a %s broadcast and leaves it unchanged",
    async (status) => {
      const { organization, ctx } = await control.newOrganization();
      const id = await control.newBroadcast(organization, status, {});
      const refusal = cancelBroadcast(ctx, id);
      await expect(refusal).rejects.toMatchObject({ code: "conflict", details: { status } });
      expect(await getBroadcast(ctx, id)).toMatchObject({ status, canceledAt: null });
      expect(await control.auditOf(id)).toEqual([]);
    },
  );

  test("advises deleting the broadcast when it is a draft", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "draft", {});
    await expect(cancelBroadcast(ctx, id)).rejects.toThrow("delete it instead");
  });

  test("rejects another organization's broadcast as not found and leaves it unchanged", async () => {
    const { organization, ctx } = await control.newOrganization();
    const stranger = await control.newOrganization();
    const id = await control.newBroadcast(organization, "sending", { pending: 1 });
    await expect(cancelBroadcast(stranger.ctx, id)).rejects.toMatchObject({ code: "not_found" });
    expect(await getBroadcast(ctx, id)).toMatchObject({ status: "sending" });
  });

  test("prevents all claims once it has returned", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "sending", { pending: 40 });
    const ids = await control.idsOf(id, 40);
    expect((await control.claim(organization, ids.slice(0, 10))).claimed).toHaveLength(10);
    await cancelBroadcast(ctx, id);
    expect((await control.claim(organization, ids)).claimed).toEqual([]);
  });
});

describe("the sweep of canceled broadcasts", () => {
  test("settles all of 30,000 recipients with counters equal to the rows", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "sending", {
      sent: 2_000,
      failed: 300,
      skipped: 200,
      unknown: 100,
      delivered: 400,
      pending: 27_000,
    });
    await sql`
      update whatsapp_broadcast_recipients set next_attempt_at = now() + interval '1 day'
      where broadcast_id = ${id} and status = 'pending' and id % 50 = 0
    `.execute(owner);
    await cancelBroadcast(ctx, id);
    await sweepCanceledBroadcasts(engine);
    expect(await getBroadcast(ctx, id)).toMatchObject({
      status: "canceled",
      totalRecipients: 30_000,
      successfulSends: 2_400,
      failedSends: 300,
      skippedCount: 200,
      unknownCount: 100,
      canceledCount: 27_000,
      pendingCount: 0,
      completedAt: expect.any(String),
    });
    await control.expectCountersToEqualRows(id);
  });

  test("lets recipients being sent to settle as usual and ends the broadcast after that", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "sending", { pending: 10 });
    const attemptId = randomUUID();
    const ids = await control.idsOf(id, 3);
    await control.claim(organization, ids, attemptId);
    await cancelBroadcast(ctx, id);
    await sweepCanceledBroadcasts(engine);
    expect(await getBroadcast(ctx, id)).toMatchObject({
      canceledCount: 7,
      pendingCount: 3,
      completedAt: null,
    });
    await settleRecipients(
      enginePool,
      ids.map((recipientId) => ({ recipientId, attemptId, status: "sent", wamid: recipientId })),
    );
    await sweepCanceledBroadcasts(engine);
    expect(await getBroadcast(ctx, id)).toMatchObject({
      status: "canceled",
      successfulSends: 3,
      canceledCount: 7,
      completedAt: expect.any(String),
    });
    await control.expectCountersToEqualRows(id);
  });

  test("cancels a recipient that is put back to pending after the broadcast has ended", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "sending", { pending: 5, unknown: 1 });
    await cancelBroadcast(ctx, id);
    await sweepCanceledBroadcasts(engine);
    expect((await getBroadcast(ctx, id)).completedAt).not.toBeNull();
    const attemptId = randomUUID();
    const { id: recipientId } = await owner
      .updateTable("whatsapp_broadcast_recipients")
      .set({ attempt_id: attemptId })
      .where("broadcast_id", "=", id)
      .where("status", "=", "unknown")
      .returning("id")
      .executeTakeFirstOrThrow();
    const back = { delayMs: 1_000, countsAsAttempt: false, error: null };
    await settleRecipients(enginePool, [{ recipientId, attemptId, status: "pending", ...back }]);
    expect(await getBroadcast(ctx, id)).toMatchObject({ status: "canceled", completedAt: null });
    await sweepCanceledBroadcasts(engine);
    expect(await getBroadcast(ctx, id)).toMatchObject({
      canceledCount: 6,
      unknownCount: 0,
      completedAt: expect.any(String),
    });
    await control.expectCountersToEqualRows(id);
  });

  test("ends a broadcast despite claims of a dispatcher that is gone", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "sending", { pending: 3, sending: 2 });
    await owner
      .updateTable("whatsapp_broadcast_recipients")
      .set({ claimed_by: randomUUID() })
      .where("broadcast_id", "=", id)
      .where("status", "=", "sending")
      .execute();
    await cancelBroadcast(ctx, id);
    await forgetLostClaims(engine);
    await sweepCanceledBroadcasts(engine);
    expect(await getBroadcast(ctx, id)).toMatchObject({
      canceledCount: 3,
      unknownCount: 2,
      completedAt: expect.any(String),
    });
  });

  test("doesn't end a broadcast while its audience is still being written", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "preparing", { pending: 5 });
    await control.setBroadcast(id, { prepare_cursor: "17" });
    await cancelBroadcast(ctx, id);
    await sweepCanceledBroadcasts(engine);
    expect(await getBroadcast(ctx, id)).toMatchObject({ canceledCount: 5, completedAt: null });
    await control.setBroadcast(id, { prepare_cursor: null });
    await sweepCanceledBroadcasts(engine);
    expect((await getBroadcast(ctx, id)).completedAt).not.toBeNull();
  });

  test("doesn't search a broadcast at every sweep while it only waits for responses", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "sending", { pending: 2 });
    const [first = "", second = ""] = await control.idsOf(id, 2);
    const searches: CanceledSearches = new Map();
    await control.claim(organization, [first]);
    await cancelBroadcast(ctx, id);
    await sweepCanceledBroadcasts(engine, searches);
    await owner
      .updateTable("whatsapp_broadcast_recipients")
      .set({ status: "pending" })
      .where("id", "in", [first, second])
      .execute();
    await owner.deleteFrom("broadcast_count_deltas").where("broadcast_id", "=", id).execute();
    await sweepCanceledBroadcasts(engine, searches);
    expect((await getBroadcast(ctx, id)).canceledCount).toBe(0);
    await sweepCanceledBroadcasts(engine);
    expect((await getBroadcast(ctx, id)).canceledCount).toBe(2);
  });

  test("finds first attempts behind drained_cursor, and all others by their moment", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "sending", { pending: 12, sent: 2 });
    const ids = await control.idsOf(id, 12);
    const [soon, later, drained = "0"] = ids;
    await control.setBroadcast(id, { drained_cursor: drained });
    const moments = [
      [soon, sql<Date>`now()`],
      [later, sql<Date>`now() + interval '1 day'`],
      [ids.at(-1), sql<Date>`now() + interval '1 hour'`],
    ] as const;
    for (const [recipientId = "", moment] of moments) {
      await owner
        .updateTable("whatsapp_broadcast_recipients")
        .set({ next_attempt_at: moment })
        .where("id", "=", recipientId)
        .execute();
    }
    await cancelBroadcast(ctx, id);
    await sweepCanceledBroadcasts(engine);
    // The third one is in a state that doesn't occur: it shows that the search starts behind it.
    expect(await getBroadcast(ctx, id)).toMatchObject({ canceledCount: 11, pendingCount: 1 });
    await control.setBroadcast(id, { drained_cursor: "0" });
    await sweepCanceledBroadcasts(engine);
    expect(await getBroadcast(ctx, id)).toMatchObject({
      canceledCount: 12,
      completedAt: expect.any(String),
    });
    await control.expectCountersToEqualRows(id);
  });

  test("cancels more recipients with one moment than fit into a batch", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "sending", { pending: 21_000 });
    const last = (await control.idsOf(id, 21_000)).at(-1) ?? "";
    await owner
      .updateTable("whatsapp_broadcast_recipients")
      .set({ next_attempt_at: new Date() })
      .where("broadcast_id", "=", id)
      .execute();
    await control.setBroadcast(id, { feed_cursor: last, drained_cursor: last });
    await cancelBroadcast(ctx, id);
    await sweepCanceledBroadcasts(engine);
    expect(await getBroadcast(ctx, id)).toMatchObject({ canceledCount: 21_000, pendingCount: 0 });
    await control.expectCountersToEqualRows(id);
  });

  test("cancels a recipient whose claim is released after the first search", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "sending", { pending: 3 });
    const attemptId = randomUUID();
    const ids = await control.idsOf(id, 1);
    const searches: CanceledSearches = new Map();
    await control.claim(organization, ids, attemptId);
    await cancelBroadcast(ctx, id);
    await sweepCanceledBroadcasts(engine, searches);
    await releaseClaim(
      enginePool,
      ids.map((recipientId) => ({ recipientId, attemptId })),
    );
    searches.set(id, performance.now() - 60_000);
    await sweepCanceledBroadcasts(engine, searches);
    expect(await getBroadcast(ctx, id)).toMatchObject({
      canceledCount: 3,
      completedAt: expect.any(String),
    });
  });

  test("counts each recipient once when two sweeps run at once", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "sending", { pending: 25_000 });
    await cancelBroadcast(ctx, id);
    await Promise.all([sweepCanceledBroadcasts(engine), sweepCanceledBroadcasts(engine)]);
    expect(await getBroadcast(ctx, id)).toMatchObject({ canceledCount: 25_000, pendingCount: 0 });
    await control.expectCountersToEqualRows(id);
  });
});

test("a broadcast is canceled, and rows agree, when a launch, a pause and a cancel run at once", async () => {
  const { organization, ctx } = await control.newOrganization();
  for (let round = 0; round < 10; round++) {
    const { id } = await createBroadcast(ctx, {
      name: "Spring",
      providerId: organization.providerId,
      templateId: organization.templateId,
      segmentCriteria: { combinator: "and", rules: [] },
      variables: { body: { 1: { source: "text", value: "Ada" } } },
      scheduledAt: new Date(Date.now() + 60_000).toISOString(),
    });
    await control.setBroadcast(id, { scheduled_at: new Date(0) });
    const [launched, paused, canceled] = await Promise.allSettled([
      launchBroadcast(ctx, id),
      pauseBroadcast(ctx, id),
      cancelBroadcast(ctx, id),
      launchDueBroadcasts(engine),
    ]);
    // The cancel accepts both scheduled and preparing broadcasts, so it wins in the end.
    expect(canceled?.status).toBe("fulfilled");
    expect(paused).toMatchObject({ status: "rejected", reason: { code: "conflict" } });
    const refusal = launched?.status === "rejected" ? launched.reason : null;
    expect([null, "conflict"]).toContain(refusal?.code ?? null);
    await sweepCanceledBroadcasts(engine);
    expect(await getBroadcast(ctx, id)).toMatchObject({
      status: "canceled",
      completedAt: expect.any(String),
    });
  }
});

test("a broadcast is canceled, and rows agree, when pauses, resumes, claims and a cancel run at once", async () => {
  const { organization, ctx } = await control.newOrganization();
  for (let round = 0; round < 5; round++) {
    const id = await control.newBroadcast(organization, "sending", { pending: 60 });
    const ids = await control.idsOf(id, 60);
    const attemptId = randomUUID();
    const claims = Promise.all(
      [0, 20, 40].map((at) => control.claim(organization, ids.slice(at, at + 20), attemptId)),
    );
    const verbs = [pauseBroadcast, resumeBroadcast, cancelBroadcast, pauseBroadcast];
    await Promise.allSettled(verbs.map((verb) => verb(ctx, id)));
    const claimed = (await claims).flatMap((answer) => answer.claimed);
    await settleRecipients(
      enginePool,
      claimed.map((of) => ({ recipientId: of.id, attemptId, status: "sent", wamid: of.id })),
    );
    await sweepCanceledBroadcasts(engine);
    expect(await getBroadcast(ctx, id)).toMatchObject({
      status: "canceled",
      pauseReason: null,
      successfulSends: claimed.length,
      canceledCount: 60 - claimed.length,
    });
    await control.expectCountersToEqualRows(id);
  }
});

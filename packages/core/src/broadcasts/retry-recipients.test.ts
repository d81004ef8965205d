import { randomUUID } from "node:crypto";
import { applyStatuses } from "@loudhailer/db/apply-statuses.ts";
import type { RecipientStatus } from "@loudhailer/db/database.ts";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { completeBroadcasts } from "../engine/complete-broadcasts.ts";
import { sweepCanceledBroadcasts } from "../engine/sweep-canceled-broadcasts.ts";
import { useControl } from "../testing/test-control.ts";
import { cancelBroadcast } from "./cancel-broadcast.ts";
import { getBroadcast } from "./get-broadcast.ts";
import { resendUnknown } from "./resend-unknown.ts";
import { retryFailed } from "./retry-failed.ts";

const control = await useControl();
const { engine, enginePool, owner } = control;

function rowsOf(broadcastId: string, status: RecipientStatus) {
  return owner
    .selectFrom("whatsapp_broadcast_recipients")
    .where("broadcast_id", "=", broadcastId)
    .where("status", "=", status)
    .selectAll()
    .orderBy("id")
    .execute();
}

function claimedAgo(recipientId: string, seconds: number) {
  return owner
    .updateTable("whatsapp_broadcast_recipients")
    .set({ claimed_at: sql`now() - ${seconds} * interval '1 second'`, claimed_by: randomUUID() })
    .where("id", "=", recipientId)
    .execute();
}

const verbs = [
  ["retry-failed", retryFailed, "failed"],
  ["resend-unknown", resendUnknown, "unknown"],
] as const;

describe.each(verbs)("%s", (_name, retry, of) => {
  test("moves recipients and counters back exactly, and the broadcast goes on", async () => {
    const { organization, ctx } = await control.newOrganization();
    const recipients = { sent: 5, read: 2, failed: 7, unknown: 4, skipped: 3, [of]: 11 };
    const id = await control.newBroadcast(organization, "completed", recipients);
    await control.setBroadcast(id, { feed_cursor: "9000000000" });
    const before = await getBroadcast(ctx, id);
    const wamids = (await rowsOf(id, of)).map((row) => row.wamid);
    expect(await retry(ctx, id)).toMatchObject({
      status: "sending",
      completedAt: null,
      pendingCount: 11,
      successfulSends: 7,
      failedSends: of === "failed" ? 0 : before.failedSends,
      unknownCount: of === "unknown" ? 0 : before.unknownCount,
      skippedCount: 3,
    });
    await control.expectCountersToEqualRows(id);
    const pending = await rowsOf(id, "pending");
    expect(pending.map((row) => row.retried_wamids?.at(-1) ?? null)).toEqual(wamids);
    for (const row of pending) {
      expect(row).toMatchObject({
        wamid: null,
        attempts: 1,
        next_attempt_at: null,
        error_code: null,
        failed_at: null,
        sent_at: null,
      });
    }
    const { feed_cursor } = await owner
      .selectFrom("whatsapp_broadcasts")
      .where("id", "=", id)
      .select("feed_cursor")
      .executeTakeFirstOrThrow();
    expect(feed_cursor).toBe("0");
    const claimed = await control.claim(
      organization,
      pending.map((row) => row.id),
    );
    expect(claimed.claimed).toHaveLength(11);
    expect(claimed.claimed[0]).toMatchObject({ attempts: 2 });
  });

  test.each(["sending", "paused"] as const)("leaves a broadcast that is %s so", async (status) => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, status, { pending: 2, [of]: 3 });
    expect(await retry(ctx, id)).toMatchObject({ status, pendingCount: 5 });
    await control.expectCountersToEqualRows(id);
  });

  test.each(["draft", "scheduled", "preparing", "canceled"] as const)(
    "is refused for one that is %s, and moves nobody",
    async (status) => {
      const { organization, ctx } = await control.newOrganization();
      const id = await control.newBroadcast(organization, status, { [of]: 2 });
      await expect(retry(ctx, id)).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringContaining(status),
        details: { status },
      });
      expect(await rowsOf(id, of)).toHaveLength(2);
    },
  );

  test("with nobody to retry is refused, and says so", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "completed", { sent: 2, skipped: 1 });
    await expect(retry(ctx, id)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("there is nobody"),
      details: { status: "completed" },
    });
    expect(await getBroadcast(ctx, id)).toMatchObject({ status: "completed" });
    expect(await control.auditOf(id)).toEqual([]);
  });

  test("another organization's broadcast is not found, and nobody is moved", async () => {
    const { organization, ctx } = await control.newOrganization();
    const stranger = await control.newOrganization();
    const id = await control.newBroadcast(organization, "completed", { [of]: 2 });
    await expect(retry(stranger.ctx, id)).rejects.toMatchObject({ code: "not_found" });
    expect((await getBroadcast(ctx, id)).pendingCount).toBe(0);
  });

  test("an ended broadcast doesn't go on over a number that is out", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "completed", { [of]: 2 });
    await owner
      .updateTable("whatsapp_providers")
      .set({ status: "disconnected", status_reason: "meta_190" })
      .where("id", "=", organization.providerId)
      .execute();
    await expect(retry(ctx, id)).rejects.toMatchObject({
      code: "broadcast_not_sendable",
      message: expect.stringContaining("new access token"),
      details: { status: "completed", providerStatus: "disconnected", reason: "meta_190" },
    });
    expect(await rowsOf(id, of)).toHaveLength(2);
  });

  test("twice at once moves everybody once", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "completed", { sent: 1, [of]: 500 });
    const outcomes = await Promise.allSettled([retry(ctx, id), retry(ctx, id)]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await getBroadcast(ctx, id)).toMatchObject({ status: "sending", pendingCount: 500 });
    expect(await control.auditOf(id)).toHaveLength(1);
    await control.expectCountersToEqualRows(id);
  });

  test("and a cancel at once: whichever wins, everybody is settled in the end", async () => {
    const { organization, ctx } = await control.newOrganization();
    for (let round = 0; round < 5; round++) {
      const id = await control.newBroadcast(organization, "paused", { sent: 1, [of]: 200 });
      await Promise.allSettled([retry(ctx, id), cancelBroadcast(ctx, id)]);
      await sweepCanceledBroadcasts(engine);
      expect(await getBroadcast(ctx, id)).toMatchObject({
        status: "canceled",
        pendingCount: 0,
        completedAt: expect.any(String),
      });
      await control.expectCountersToEqualRows(id);
    }
  });

  test("100,000 recipients take a few seconds", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "completed", { sent: 1, [of]: 100_000 });
    const startedAt = performance.now();
    expect(await retry(ctx, id)).toMatchObject({ status: "sending", pendingCount: 100_000 });
    // 1.3 s for those who have a wamid, 0.6 s for others, on two busy cores.
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    await control.expectCountersToEqualRows(id);
  });
});

describe("retry-failed", () => {
  test("a broadcast that failed altogether goes on, without its reason", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "sending", { failed: 3 });
    await completeBroadcasts(engine);
    expect(await getBroadcast(ctx, id)).toMatchObject({
      status: "failed",
      failureReason: "all_recipients_failed",
      failureMessage: expect.stringContaining("retry"),
    });
    expect(await retryFailed(ctx, id)).toMatchObject({
      status: "sending",
      failureReason: null,
      failedAt: null,
    });
    expect(await control.auditOf(id)).toEqual(["broadcast.failed_retried"]);
  });

  test("whom Meta spared marketing waits until a day after that, others go at once", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "completed", { sent: 1, failed: 3 });
    const [young = "", old = "", other = ""] = (await rowsOf(id, "failed")).map((row) => row.id);
    await sql`
      update whatsapp_broadcast_recipients
      set error_code = '131049', failed_at = now() - case when id = ${young}
        then interval '1 hour' else interval '25 hours' end
      where id in (${young}, ${old})
    `.execute(owner);
    await retryFailed(ctx, id);
    const pending = await rowsOf(id, "pending");
    const waits = pending.filter((row) => row.next_attempt_at !== null);
    expect(waits.map((row) => row.id)).toEqual([young]);
    const hours = (waits[0]?.next_attempt_at?.getTime() ?? 0) - Date.now();
    expect(Math.round(hours / 3_600_000)).toBe(23);
    const { claimed } = await control.claim(organization, [young, old, other]);
    expect(claimed.map((row) => row.id).toSorted()).toEqual([old, other].toSorted());
  });

  test("who has opted out since is skipped at the claim", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "completed", { sent: 1, failed: 1 });
    const [recipient] = await rowsOf(id, "failed");
    const contact = await owner
      .insertInto("contacts")
      .values({
        organization_id: organization.organizationId,
        phone: "+15550200001",
        opted_out_at: new Date(),
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    await owner
      .updateTable("whatsapp_broadcast_recipients")
      .set({ contact_id: contact.id })
      .where("id", "=", recipient?.id ?? "")
      .execute();
    await retryFailed(ctx, id);
    expect((await control.claim(organization, [recipient?.id ?? ""])).claimed).toEqual([]);
    expect(await getBroadcast(ctx, id)).toMatchObject({ skippedCount: 1, pendingCount: 0 });
    await control.expectCountersToEqualRows(id);
  });

  test("who stopped marketing, and is no contact any more, is left alone", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "completed", { sent: 1, failed: 2 });
    const [stopped] = await rowsOf(id, "failed");
    await owner
      .updateTable("whatsapp_broadcast_recipients")
      .set({ error_code: "131050" })
      .where("id", "=", stopped?.id ?? "")
      .execute();
    expect(await retryFailed(ctx, id)).toMatchObject({ failedSends: 1, pendingCount: 1 });
    expect((await rowsOf(id, "failed")).map((row) => row.id)).toEqual([stopped?.id]);
  });

  test("a late failure of the earlier message says nothing about the new one", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "completed", { sent: 1, failed: 1 });
    const [recipient] = await rowsOf(id, "failed");
    const wamid = recipient?.wamid ?? "";
    await retryFailed(ctx, id);
    await applyStatuses(enginePool, [
      {
        organizationId: organization.organizationId,
        recipientId: recipient?.id ?? "",
        wamid,
        status: "failed",
        at: new Date(),
        errorCode: "131026",
        errorTitle: "Message undeliverable",
        errorDetails: null,
        billable: null,
        pricingCategory: null,
      },
    ]);
    expect(await getBroadcast(ctx, id)).toMatchObject({ failedSends: 0, pendingCount: 1 });
    await control.expectCountersToEqualRows(id);
  });
});

describe("resend-unknown", () => {
  test("who was claimed within 90 s stays: Meta may still say what became of the message", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "completed", { sent: 1, unknown: 2 });
    const [young = "", old = ""] = (await rowsOf(id, "unknown")).map((row) => row.id);
    await claimedAgo(young, 80);
    await claimedAgo(old, 100);
    expect(await resendUnknown(ctx, id)).toMatchObject({ unknownCount: 1, pendingCount: 1 });
    await expect(resendUnknown(ctx, id)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("within the last 90 seconds"),
    });
    expect(await control.auditOf(id)).toEqual(["broadcast.unknown_resent"]);
  });
});

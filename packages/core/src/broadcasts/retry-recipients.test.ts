import { randomUUID } from "node:crypto";
import { applyStatuses } from "@loudhailer/db/apply-statuses.ts";
import type { RecipientStatus } from "@loudhailer/db/database.ts";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { completeBroadcasts } from "../engine/complete-broadcasts.ts";
import { retryNextSlices } from "../engine/retry-slices.ts";
import { sweepCanceledBroadcasts } from "../engine/sweep-canceled-broadcasts.ts";
import { feedOnce } from "../testing/feed-once.ts";
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

/** Makes all recipients pending that the open retries concern, as the engine does. */
async function moveAll(): Promise<void> {
  while (await retryNextSlices(engine));
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
  test("moves recipients and counters back exactly and continues the broadcast", async () => {
    const { organization, ctx } = await control.newOrganization();
    const recipients = { sent: 5, read: 2, failed: 7, unknown: 4, skipped: 3, [of]: 11 };
    const id = await control.newBroadcast(organization, "completed", recipients);
    await control.setBroadcast(id, { feed_cursor: "9000000000" });
    const before = await getBroadcast(ctx, id);
    const replaced = (await rowsOf(id, of)).map((row) => ({
      recipient_id: row.id,
      attempt_id: row.attempt_id,
      wamid: row.wamid,
      status: of,
    }));
    expect(await retry(ctx, id)).toMatchObject({
      status: "sending",
      completedAt: null,
      retrying: of,
      pendingCount: 0,
      failedSends: before.failedSends,
      unknownCount: before.unknownCount,
    });
    await moveAll();
    expect(await getBroadcast(ctx, id)).toMatchObject({
      status: "sending",
      retrying: null,
      pendingCount: 11,
      successfulSends: 7,
      failedSends: of === "failed" ? 0 : before.failedSends,
      unknownCount: of === "unknown" ? 0 : before.unknownCount,
      skippedCount: 3,
    });
    await control.expectCountersToEqualRows(id);
    const pending = await rowsOf(id, "pending");
    const archived = await owner
      .selectFrom("recipient_attempts")
      .where("broadcast_id", "=", id)
      .select(["recipient_id", "attempt_id", "wamid", "status"])
      .orderBy("recipient_id")
      .execute();
    expect(archived).toEqual(replaced);
    for (const row of pending) {
      expect(row).toMatchObject({
        wamid: null,
        attempt_id: null,
        attempts: 0,
        next_attempt_at: expect.any(Date),
        error_code: null,
        failed_at: null,
        sent_at: null,
      });
    }
    await feedOnce(engine, organization);
    const queued = await engine.queues.queuedIds(organization.phoneNumberId);
    expect([...queued].toSorted()).toEqual(pending.map((row) => row.id).toSorted());
    const claimed = await control.claim(
      organization,
      pending.map((row) => row.id),
    );
    expect(claimed.claimed).toHaveLength(11);
    expect(claimed.claimed[0]).toMatchObject({ attempts: 1 });
  });

  test.each(["sending", "paused"] as const)(
    "keeps the status of a %s broadcast",
    async (status) => {
      const { organization, ctx } = await control.newOrganization();
      const id = await control.newBroadcast(organization, status, { pending: 2, [of]: 3 });
      expect(await retry(ctx, id)).toMatchObject({ status, retrying: of });
      await moveAll();
      expect(await getBroadcast(ctx, id)).toMatchObject({ status, pendingCount: 5 });
      await control.expectCountersToEqualRows(id);
    },
  );

  test.each(["draft", "scheduled", "preparing", "canceled"] as const)(
    "rejects a %s broadcast and moves no recipients",
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

  test("rejects a broadcast without recipients to retry and says so", async () => {
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

  test("rejects another organization's broadcast as not found and moves no recipients", async () => {
    const { organization, ctx } = await control.newOrganization();
    const stranger = await control.newOrganization();
    const id = await control.newBroadcast(organization, "completed", { [of]: 2 });
    await expect(retry(stranger.ctx, id)).rejects.toMatchObject({ code: "not_found" });
    await moveAll();
    expect(await getBroadcast(ctx, id)).toMatchObject({ status: "completed", pendingCount: 0 });
  });

  test("rejects an ended broadcast when its number is disconnected", async () => {
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

  test("moves each recipient once when run twice at the same time", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "completed", { sent: 1, [of]: 500 });
    const outcomes = await Promise.allSettled([retry(ctx, id), retry(ctx, id)]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    await Promise.all([moveAll(), moveAll()]);
    await moveAll();
    expect(await getBroadcast(ctx, id)).toMatchObject({ status: "sending", pendingCount: 500 });
    expect(await control.auditOf(id)).toHaveLength(1);
    await control.expectCountersToEqualRows(id);
  });

  test("leaves every recipient settled when a cancel runs at the same time", async () => {
    const { organization, ctx } = await control.newOrganization();
    for (let round = 0; round < 5; round++) {
      const id = await control.newBroadcast(organization, "paused", { sent: 1, [of]: 200 });
      const retried = retry(ctx, id).then(moveAll);
      await Promise.allSettled([retried, cancelBroadcast(ctx, id)]);
      await sweepCanceledBroadcasts(engine);
      expect(await getBroadcast(ctx, id)).toMatchObject({
        status: "canceled",
        pendingCount: 0,
        completedAt: expect.any(String),
      });
      await control.expectCountersToEqualRows(id);
    }
  });

  test.each(verbs)("refuses another request while it is under way (%s)", async (_other, other) => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "completed", { failed: 3, unknown: 3 });
    await retry(ctx, id);
    await expect(other(ctx, id)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/already being made pending again.*few minutes/),
      details: { status: "sending", retrying: of },
    });
    expect(await control.auditOf(id)).toHaveLength(1);
    await moveAll();
    expect(await rowsOf(id, "pending")).toHaveLength(3);
    const [again] = await Promise.allSettled([other(ctx, id)]);
    expect(again.status).toBe(other === retry ? "rejected" : "fulfilled");
  });

  test("is refused when only deleted contacts are left, whose phone numbers are gone", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "completed", { sent: 1, [of]: 2 });
    await owner
      .updateTable("whatsapp_broadcast_recipients")
      .set({ phone: "" })
      .where("broadcast_id", "=", id)
      .where("status", "=", of)
      .execute();
    await expect(retry(ctx, id)).rejects.toMatchObject({ code: "conflict" });
    expect(await getBroadcast(ctx, id)).toMatchObject({ status: "completed", retrying: null });
  });

  test("finds recipients whose error has no code", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "completed", { sent: 1, [of]: 2 });
    await owner
      .updateTable("whatsapp_broadcast_recipients")
      .set({ error_code: null })
      .where("broadcast_id", "=", id)
      .execute();
    await retry(ctx, id);
    await moveAll();
    expect(await getBroadcast(ctx, id)).toMatchObject({ pendingCount: 2 });
  });

  test("records the number of recipients at the request in the audit log", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "completed", { sent: 1, [of]: 4 });
    await retry(ctx, id);
    const { details } = await owner
      .selectFrom("audit_log")
      .where("target_id", "=", id)
      .select("details")
      .executeTakeFirstOrThrow();
    expect(details).toEqual({ recipients: 4 });
  });
});

describe("retryFailed", () => {
  test("continues a completely failed broadcast and clears its failure reason", async () => {
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

  test("waits 24 hours for recipients over Meta's marketing cap and retries others at once", async () => {
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
    await moveAll();
    const pending = await rowsOf(id, "pending");
    const waits = pending.filter((row) => Number(row.next_attempt_at) > Date.now() + 60_000);
    expect(waits.map((row) => row.id)).toEqual([young]);
    const hours = (waits[0]?.next_attempt_at?.getTime() ?? 0) - Date.now();
    expect(Math.round(hours / 3_600_000)).toBe(23);
    const { claimed } = await control.claim(organization, [young, old, other]);
    expect(claimed.map((row) => row.id).toSorted()).toEqual([old, other].toSorted());
  });

  test("lets the claim skip recipients who have opted out since", async () => {
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
    await moveAll();
    expect((await control.claim(organization, [recipient?.id ?? ""])).claimed).toEqual([]);
    expect(await getBroadcast(ctx, id)).toMatchObject({ skippedCount: 1, pendingCount: 0 });
    await control.expectCountersToEqualRows(id);
  });

  test("doesn't retry a recipient who stopped marketing and is no longer a contact", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "completed", { sent: 1, failed: 2 });
    const [stopped] = await rowsOf(id, "failed");
    await owner
      .updateTable("whatsapp_broadcast_recipients")
      .set({ error_code: "131050" })
      .where("id", "=", stopped?.id ?? "")
      .execute();
    await retryFailed(ctx, id);
    await moveAll();
    expect(await getBroadcast(ctx, id)).toMatchObject({ failedSends: 1, pendingCount: 1 });
    expect((await rowsOf(id, "failed")).map((row) => row.id)).toEqual([stopped?.id]);
  });

  test("ignores a late failure of the earlier message", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "completed", { sent: 1, failed: 1 });
    const [recipient] = await rowsOf(id, "failed");
    const wamid = recipient?.wamid ?? "";
    await retryFailed(ctx, id);
    await moveAll();
    await applyStatuses(enginePool, [
      {
        organizationId: organization.organizationId,
        attempt: null,
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

describe("resendUnknown", () => {
  test("keeps recipients claimed within 90 s, whose messages Meta may still confirm", async () => {
    const { organization, ctx } = await control.newOrganization();
    const id = await control.newBroadcast(organization, "completed", { sent: 1, unknown: 2 });
    const [young = "", old = ""] = (await rowsOf(id, "unknown")).map((row) => row.id);
    await claimedAgo(young, 80);
    await claimedAgo(old, 100);
    await resendUnknown(ctx, id);
    await moveAll();
    expect(await getBroadcast(ctx, id)).toMatchObject({ unknownCount: 1, pendingCount: 1 });
    await expect(resendUnknown(ctx, id)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("within the last 90 seconds"),
    });
    expect(await control.auditOf(id)).toEqual(["broadcast.unknown_resent"]);
  });
});

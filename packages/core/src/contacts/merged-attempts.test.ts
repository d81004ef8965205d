import { randomUUID } from "node:crypto";
import { applyStatuses, type StatusUpdate } from "@loudhailer/db/apply-statuses.ts";
import { readInstallationId } from "@loudhailer/db/read-installation-id.ts";
import { settleRecipients } from "@loudhailer/db/settle-recipients.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { retryFailed } from "../broadcasts/retry-failed.ts";
import { retryNextSlices } from "../engine/retry-slices.ts";
import { addContacts } from "../testing/add-contacts.ts";
import { useControl } from "../testing/test-control.ts";
import { mergeContacts } from "./merge-contacts.ts";

const control = await useControl();
const { engine, enginePool, owner } = control;
const installationId = await readInstallationId(owner);

/**
 * Creates contacts with a recipient each of the given statuses in one broadcast. `merge` merges
 * contact `from` into contact `into`, and `tell` reports a status of a recipient's attempt, which
 * is its current one or, if it has none, one that the database has lost.
 */
async function people(statuses: readonly string[]) {
  const { organization, ctx } = await control.newOrganization();
  const { organizationId } = organization;
  await addContacts(owner, organization, statuses.length);
  const contacts = await owner
    .selectFrom("contacts")
    .where("organization_id", "=", organizationId)
    .select("id")
    .orderBy("id")
    .execute();
  const contactIds = contacts.map(({ id }) => id);
  const counts: Record<string, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  const broadcastId = await control.newBroadcast(organization, "sending", counts);
  const rows = await owner
    .selectFrom("whatsapp_broadcast_recipients")
    .where("broadcast_id", "=", broadcastId)
    .select(["id", "status", "attempt_id"])
    .orderBy("id")
    .execute();
  const recipients = statuses.map((status) => {
    const at = rows.findIndex((row) => row.status === status);
    const [row] = rows.splice(at, 1);
    return { id: row?.id ?? "", attemptId: row?.attempt_id ?? randomUUID() };
  });
  for (const [at, { id }] of recipients.entries()) {
    await owner
      .updateTable("whatsapp_broadcast_recipients")
      .set({ contact_id: contactIds[at] ?? "", wamid: null })
      .where("id", "=", id)
      .execute();
  }
  const merge = (from: number, into: number, meanwhile?: () => Promise<unknown>) =>
    engine.engineDb.transaction().execute(async (trx) => {
      const [fromId = "", intoId = ""] = [contactIds[from], contactIds[into]];
      await mergeContacts(trx, { organizationId, fromId, intoId });
      await meanwhile?.();
    });
  const tell = (of: number, status: StatusUpdate["status"], isNamed = true) => {
    const { id = "", attemptId = "" } = recipients[of] ?? {};
    return applyStatuses(enginePool, [
      {
        organizationId,
        attempt: isNamed ? { installationId, recipientId: id, attemptId } : null,
        wamid: `wamid.${id}`,
        status,
        at: new Date(),
        errorCode: null,
        errorTitle: null,
        errorDetails: null,
        billable: null,
        pricingCategory: null,
      },
    ]);
  };
  const row = (of: number) =>
    owner
      .selectFrom("whatsapp_broadcast_recipients")
      .where("id", "=", recipients[of]?.id ?? "")
      .select(["status", "error_code", "contact_id"])
      .executeTakeFirstOrThrow();
  const claim = async (of: number) =>
    (await control.claim(organization, [recipients[of]?.id ?? ""])).claimed.length;
  return { ctx, broadcastId, recipients, merge, tell, row, claim };
}

const told = ["sent", "delivered", "read"] as const;
// A failed message may still be delivered, but a `sent` that comes after its failure is older.
const cases = (["failed", "canceled", "pending"] as const).flatMap((lost) =>
  told.filter((word) => lost !== "failed" || word !== "sent").map((word) => ({ lost, word })),
);

describe("a contact who was merged into another one of the same broadcast", () => {
  test.each(cases)(
    "takes the pending message back when its own $lost one is $word",
    async ({ lost, word }) => {
      for (const [other, kept] of [
        [0, 1],
        [1, 0],
      ] as const) {
        const statuses = other === 0 ? [lost, "pending"] : ["pending", lost];
        const { broadcastId, merge, tell, row, claim } = await people(statuses);
        await merge(other, kept);
        expect(await row(kept)).toMatchObject({ status: "pending" });
        expect(await tell(other, word)).toEqual({ unmatched: [] });
        expect(await row(other)).toMatchObject({ status: word });
        expect(await row(kept)).toMatchObject({ status: "skipped", error_code: "merged_contact" });
        expect(await claim(kept)).toBe(0);
        await control.expectCountersToEqualRows(broadcastId);
      }
    },
  );

  test("leaves the other message pending when its own one fails", async () => {
    const { merge, tell, row, claim } = await people(["pending", "pending"]);
    await merge(0, 1);
    await tell(0, "failed");
    expect(await row(1)).toMatchObject({ status: "pending" });
    expect(await claim(1)).toBe(1);
  });

  test("takes the message back at the next attempt when it is being sent", async () => {
    const { broadcastId, recipients, merge, tell, row, claim } = await people([
      "failed",
      "sending",
    ]);
    await merge(0, 1);
    await tell(0, "delivered");
    expect(await row(1)).toMatchObject({ status: "sending" });
    const { id: recipientId = "", attemptId = "" } = recipients[1] ?? {};
    const pending = { status: "pending", delayMs: 0, countsAsAttempt: false, error: null } as const;
    await settleRecipients(enginePool, [{ recipientId, attemptId, ...pending }]);
    expect(await claim(1)).toBe(0);
    expect(await row(1)).toMatchObject({ status: "skipped" });
    await control.expectCountersToEqualRows(broadcastId);
  });

  test("isn't sent to again by a retry of the other message", async () => {
    const { ctx, broadcastId, merge, tell, row } = await people(["failed", "failed", "failed"]);
    await merge(0, 1);
    await tell(0, "read");
    await retryFailed(ctx, broadcastId);
    while (await retryNextSlices(engine));
    expect(await row(1)).toMatchObject({ status: "failed" });
    expect(await row(2)).toMatchObject({ status: "pending" });
  });

  test("takes the message back after the other contact was merged as well", async () => {
    const { merge, tell, row } = await people(["canceled", "failed", "pending"]);
    await merge(0, 1);
    await merge(1, 2);
    await tell(0, "delivered");
    expect(await row(1)).toMatchObject({ status: "failed" });
    expect(await row(2)).toMatchObject({ status: "skipped", error_code: "merged_contact" });
  });

  test("takes the message back when the status waited for the merge", async () => {
    const { broadcastId, recipients, merge, tell, row } = await people(["failed", "pending"]);
    const id = recipients[0]?.id ?? "";
    await owner
      .updateTable("whatsapp_broadcast_recipients")
      .set({ wamid: `wamid.${id}` })
      .where("id", "=", id)
      .execute();
    let telling: Promise<unknown> = Promise.resolve();
    await merge(0, 1, async () => {
      telling = tell(0, "delivered", false);
      await someoneWaits();
    });
    await telling;
    expect(await row(0)).toMatchObject({ status: "delivered" });
    expect(await row(1)).toMatchObject({ status: "skipped" });
    await control.expectCountersToEqualRows(broadcastId);
  });

  test.each([1, 2])("keeps row %i when it changed while the merge waited", async (changed) => {
    const { broadcastId, recipients, merge, row } = await people(["pending", "pending", "pending"]);
    await merge(0, 2);
    let merging: Promise<unknown> = Promise.resolve();
    await owner.transaction().execute(async (trx) => {
      await trx
        .updateTable("whatsapp_broadcast_recipients")
        .set({ status: "sending", attempt_id: randomUUID(), attempts: 1 })
        .where("id", "=", recipients[changed]?.id ?? "")
        .execute();
      merging = merge(2, 1);
      await someoneWaits();
    });
    await merging;
    expect(await row(changed)).toMatchObject({ status: "sending" });
    expect(await row(3 - changed)).toMatchObject({ status: "skipped", contact_id: null });
    await control.expectCountersToEqualRows(broadcastId);
  });
});

/** Resolves once a statement waits for a lock. */
async function someoneWaits(): Promise<void> {
  await eventually(async () => {
    const { rows } = await sql`
      select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'
    `.execute(owner);
    expect(rows).toHaveLength(1);
  });
}

import { randomUUID } from "node:crypto";
import { applyStatuses, type StatusUpdate } from "@loudhailer/db/apply-statuses.ts";
import { settleRecipients, type Settlement } from "@loudhailer/db/settle-recipients.ts";
import { broadcastCounts } from "@loudhailer/testing/broadcast-counts.ts";
import { createTestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { putBack, testClaim, useSendingBroadcasts } from "./testing/use-sending-broadcasts.ts";

const { installationId, owner, pool, dispatcherId, sendingBroadcast, statusesOf } =
  await useSendingBroadcasts();

function status(
  organizationId: string,
  recipientId: string | null,
  name: StatusUpdate["status"],
  wamid = `wamid.${recipientId}`,
): StatusUpdate {
  const failed = name === "failed";
  return {
    organizationId,
    attempt: recipientId === null ? null : { installationId, recipientId, attemptId: testClaim },
    wamid,
    status: name,
    at: new Date("2026-11-24T12:00:00Z"),
    errorCode: failed ? "131026" : null,
    errorTitle: failed ? "Message undeliverable" : null,
    errorDetails: null,
    billable: null,
    pricingCategory: null,
  };
}

function sent(recipientId: string): Settlement {
  return { recipientId, attemptId: testClaim, status: "sent", wamid: `wamid.${recipientId}` };
}

function unanswered(recipientId: string): Settlement {
  const error = { code: "no_answer", title: "No answer", details: null } as const;
  return { recipientId, attemptId: testClaim, status: "unknown", error };
}

async function withContact(optedOut: boolean) {
  const broadcast = await sendingBroadcast(2);
  const { organizationId } = broadcast.organization;
  const { id } = await owner
    .insertInto("contacts")
    .values({
      organization_id: organizationId,
      phone: "+15550300001",
      opted_out_at: optedOut ? new Date() : null,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  const [recipientId = ""] = broadcast.recipientIds;
  await owner
    .updateTable("whatsapp_broadcast_recipients")
    .set({ contact_id: id })
    .where("id", "=", recipientId)
    .execute();
  const contact = () =>
    owner
      .selectFrom("contacts")
      .where("id", "=", id)
      .select(["opted_out_at", "opt_out_source"])
      .executeTakeFirstOrThrow();
  return { ...broadcast, organizationId, recipientId, contact };
}

describe("settleRecipients", () => {
  test("moves rows and counters together", async () => {
    const { claim, recipientIds, broadcastId } = await sendingBroadcast(3);
    await claim();
    const [first = "", second = "", third = ""] = recipientIds;
    const error = { code: "131026", title: "Message undeliverable", details: null } as const;
    await settleRecipients(pool, [
      sent(first),
      { recipientId: second, attemptId: testClaim, status: "failed", error },
      { recipientId: third, attemptId: testClaim, status: "unknown", error },
    ]);
    expect(await statusesOf(recipientIds)).toEqual(["sent", "failed", "unknown"]);
    const { counters, rows } = await broadcastCounts(owner, broadcastId);
    expect(counters).toEqual(rows);
    expect(counters).toMatchObject({ successful: 1, failed: 1, unknown: 1 });
  });

  test("does not move back a status that a webhook has set", async () => {
    const { organization, claim, recipientIds, broadcastId } = await sendingBroadcast(1);
    const [recipientId = ""] = recipientIds;
    await claim();
    await applyStatuses(pool, [status(organization.organizationId, recipientId, "delivered")]);
    await settleRecipients(pool, [sent(recipientId)]);
    expect(await statusesOf(recipientIds)).toEqual(["delivered"]);
    const { counters, rows } = await broadcastCounts(owner, broadcastId);
    expect(counters).toEqual(rows);
  });

  test("ignores a repeat of an earlier claim when the recipient is claimed again", async () => {
    const { claim, recipientIds } = await sendingBroadcast(1);
    const [recipientId = ""] = recipientIds;
    const [first, second] = [randomUUID(), randomUUID()];
    await claim(recipientIds, dispatcherId, first);
    await settleRecipients(pool, [putBack(recipientId, first)]);
    await settleRecipients(pool, [putBack(recipientId, first)]);
    expect(await claim(recipientIds, dispatcherId, second)).toMatchObject({
      claimed: [{ attempts: 1 }],
    });
    await settleRecipients(pool, [putBack(recipientId, first)]);
    expect(await statusesOf(recipientIds)).toEqual(["sending"]);
  });

  test("records sent after the claim was put back, so that no recipient is sent twice", async () => {
    const { claim, recipientIds } = await sendingBroadcast(1);
    const [recipientId = ""] = recipientIds;
    const attemptId = randomUUID();
    await claim(recipientIds, dispatcherId, attemptId);
    await settleRecipients(pool, [putBack(recipientId, attemptId)]);
    await settleRecipients(pool, [{ ...sent(recipientId), attemptId }]);
    expect(await statusesOf(recipientIds)).toEqual(["sent"]);
    expect(await claim()).toMatchObject({ claimed: [] });
  });

  test("settles a failure whose text PostgreSQL can't store", async () => {
    const { claim, recipientIds } = await sendingBroadcast(1);
    const [recipientId = ""] = recipientIds;
    await claim();
    const error = { code: "1", title: "bad\0title", details: "\0" } as const;
    await settleRecipients(pool, [{ recipientId, attemptId: testClaim, status: "failed", error }]);
    expect(await statusesOf(recipientIds)).toEqual(["failed"]);
  });

  test("reopens a completed broadcast when a recipient turns out not to be sent", async () => {
    const { claim, recipientIds, broadcastId } = await sendingBroadcast(1);
    const [recipientId = ""] = recipientIds;
    await claim();
    await settleRecipients(pool, [unanswered(recipientId)]);
    await owner
      .updateTable("whatsapp_broadcasts")
      .set({ status: "completed", completed_at: new Date() })
      .where("id", "=", broadcastId)
      .execute();
    await settleRecipients(pool, [putBack(recipientId, testClaim)]);
    const broadcast = await owner
      .selectFrom("whatsapp_broadcasts")
      .where("id", "=", broadcastId)
      .select(["status", "completed_at"])
      .executeTakeFirstOrThrow();
    expect(broadcast).toEqual({ status: "sending", completed_at: null });
  });
});

test("a recipient that is put back while being sent doesn't wait for its broadcast", async () => {
  const { broadcastId, claim, recipientIds } = await sendingBroadcast(1);
  const [recipientId = ""] = recipientIds;
  await claim();
  await owner.transaction().execute(async (trx) => {
    await sql`select from whatsapp_broadcasts where id = ${broadcastId} for no key update`.execute(
      trx,
    );
    await settleRecipients(pool, [putBack(recipientId, testClaim)]);
  });
  expect(await statusesOf(recipientIds)).toEqual(["pending"]);
});

test("a broadcast that continues if a recipient was put back as it ended", async () => {
  const { broadcastId, claim, recipientIds } = await sendingBroadcast(1);
  const [recipientId = ""] = recipientIds;
  const attemptId = randomUUID();
  await claim(recipientIds, dispatcherId, attemptId);
  await settleRecipients(pool, [{ ...unanswered(recipientId), attemptId }]);
  let settling: Promise<void> = Promise.resolve();
  await owner.transaction().execute(async (trx) => {
    await trx
      .updateTable("whatsapp_broadcasts")
      .set({ status: "completed", completed_at: new Date() })
      .where("id", "=", broadcastId)
      .execute();
    settling = settleRecipients(pool, [putBack(recipientId, attemptId)]);
    await eventually(async () => {
      const { rows } = await sql`
        select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'
      `.execute(owner);
      expect(rows).toHaveLength(1);
    });
  });
  await settling;
  const broadcast = await owner
    .selectFrom("whatsapp_broadcasts")
    .where("id", "=", broadcastId)
    .select(["status", "completed_at"])
    .executeTakeFirst();
  expect(broadcast).toEqual({ status: "sending", completed_at: null });
});

describe("applyStatuses", () => {
  test("ends at the highest rank with exact counters in any order and with repeats", async () => {
    const { organization, claim, recipientIds, broadcastId } = await sendingBroadcast(2);
    const [first = "", second = ""] = recipientIds;
    const { organizationId } = organization;
    await claim();
    await settleRecipients(pool, recipientIds.map(sent));
    await applyStatuses(pool, [
      status(organizationId, first, "read"),
      status(organizationId, first, "sent"),
      status(organizationId, second, "failed"),
    ]);
    await applyStatuses(pool, [
      status(organizationId, first, "delivered"),
      status(organizationId, first, "read"),
      status(organizationId, second, "sent"),
    ]);
    expect(await statusesOf(recipientIds)).toEqual(["read", "failed"]);
    const { counters, rows } = await broadcastCounts(owner, broadcastId);
    expect(counters).toEqual(rows);
    expect(counters).toMatchObject({ successful: 1, failed: 1, delivered: 1, read: 1 });
  });

  test("settles an unknown recipient", async () => {
    const { organization, claim, recipientIds, broadcastId } = await sendingBroadcast(1);
    const [recipientId = ""] = recipientIds;
    await claim();
    const error = { code: "no_answer", title: "No answer", details: null } as const;
    await settleRecipients(pool, [{ recipientId, attemptId: testClaim, status: "unknown", error }]);
    await applyStatuses(pool, [status(organization.organizationId, recipientId, "sent")]);
    expect(await statusesOf(recipientIds)).toEqual(["sent"]);
    const { counters, rows } = await broadcastCounts(owner, broadcastId);
    expect(counters).toEqual(rows);
    expect(counters).toMatchObject({ successful: 1, unknown: 0 });
  });

  test("returns another organization's statuses as unmatched and changes nothing", async () => {
    const { recipientIds } = await sendingBroadcast(1);
    const stranger = await createTestOrganization(owner);
    const [recipientId = ""] = recipientIds;
    const update = status(stranger.organizationId, recipientId, "read");
    expect(await applyStatuses(pool, [update])).toEqual({ unmatched: [update] });
    expect(await statusesOf(recipientIds)).toEqual(["pending"]);
  });

  test("returns another program's statuses as unmatched when the callback data is similar", async () => {
    const { organization, claim, recipientIds } = await sendingBroadcast(2);
    const [first = "", second = ""] = recipientIds;
    await claim([first]);
    await settleRecipients(pool, [sent(first)]);
    const foreign = { installationId: randomUUID(), recipientId: second, attemptId: testClaim };
    const updates = [
      status(organization.organizationId, first, "read", "wamid.other"),
      { ...status(organization.organizationId, second, "read"), attempt: foreign },
    ];
    expect(await applyStatuses(pool, updates)).toEqual({ unmatched: updates });
    expect(await statusesOf(recipientIds)).toEqual(["sent", "pending"]);
  });

  test("matches statuses by wamid when they have no callback data", async () => {
    const { organization, claim, recipientIds } = await sendingBroadcast(1);
    const [recipientId = ""] = recipientIds;
    await claim();
    await settleRecipients(pool, [sent(recipientId)]);
    const known = status(organization.organizationId, null, "delivered", `wamid.${recipientId}`);
    const unknown = status(organization.organizationId, null, "delivered", "wamid.none");
    expect(await applyStatuses(pool, [known, unknown])).toEqual({ unmatched: [unknown] });
    expect(await statusesOf(recipientIds)).toEqual(["delivered"]);
  });
});

describe("a recipient who doesn't get marketing", () => {
  test("is skipped and counted at the claim after opting out", async () => {
    const { claim, recipientIds, broadcastId } = await withContact(true);
    const { claimed } = await claim();
    expect(claimed.map((row) => row.id)).toEqual(recipientIds.slice(1));
    expect(await statusesOf(recipientIds)).toEqual(["skipped", "sending"]);
    const { counters, rows } = await broadcastCounts(owner, broadcastId);
    expect(counters).toEqual(rows);
    expect(counters).toMatchObject({ skipped: 1 });
  });

  test("is opted out by code 131050 in an answer or a status", async () => {
    const inAnswer = await withContact(false);
    await inAnswer.claim();
    const error = { code: "131050", title: "Stopped", details: null } as const;
    await settleRecipients(pool, [
      { recipientId: inAnswer.recipientId, attemptId: testClaim, status: "failed", error },
    ]);
    const inStatus = await withContact(false);
    await inStatus.claim();
    await settleRecipients(pool, inStatus.recipientIds.map(sent));
    await applyStatuses(pool, [
      { ...status(inStatus.organizationId, inStatus.recipientId, "failed"), errorCode: "131050" },
    ]);
    for (const { contact, broadcastId } of [inAnswer, inStatus]) {
      expect(await contact()).toEqual({
        opted_out_at: expect.any(Date),
        opt_out_source: "meta_131050",
      });
      const { counters, rows } = await broadcastCounts(owner, broadcastId);
      expect(counters).toEqual(rows);
    }
  });

  test("fails with code 131049, or is sent again after a day when the broadcast says so", async () => {
    const failing = await sendingBroadcast(1);
    const waiting = await sendingBroadcast(1);
    await owner
      .updateTable("whatsapp_broadcasts")
      .set({ marketing_cap: "retry_after_24h" })
      .where("id", "=", waiting.broadcastId)
      .execute();
    for (const { claim, recipientIds, organization } of [failing, waiting]) {
      await claim();
      await settleRecipients(pool, recipientIds.map(sent));
      const [recipientId = ""] = recipientIds;
      const capped = {
        ...status(organization.organizationId, recipientId, "failed"),
        errorCode: "131049",
      };
      await applyStatuses(pool, [capped]);
      // Late statuses of the failed message don't count for the next one.
      const late = status(organization.organizationId, recipientId, "sent");
      expect(await applyStatuses(pool, [late, capped])).toEqual({ unmatched: [] });
      await settleRecipients(pool, [sent(recipientId)]);
    }
    expect(await statusesOf(failing.recipientIds)).toEqual(["failed"]);
    expect(await statusesOf(waiting.recipientIds)).toEqual(["pending"]);
    const row = await owner
      .selectFrom("whatsapp_broadcast_recipients")
      .where("broadcast_id", "=", waiting.broadcastId)
      .selectAll()
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ wamid: null, attempt_id: null, sent_at: null });
    const waitMs = (row.next_attempt_at?.getTime() ?? 0) - Date.now();
    expect(waitMs).toBeGreaterThan(86_000_000);
    const { counters, rows } = await broadcastCounts(owner, waiting.broadcastId);
    expect(counters).toEqual(rows);
    await owner
      .updateTable("whatsapp_broadcast_recipients")
      .set({ next_attempt_at: new Date() })
      .where("id", "=", row.id)
      .execute();
    const attemptId = randomUUID();
    await waiting.claim(waiting.recipientIds, dispatcherId, attemptId);
    await settleRecipients(pool, [
      { recipientId: row.id, attemptId, status: "sent", wamid: "wamid.second" },
    ]);
    const delivered = status(row.organization_id, null, "delivered", "wamid.second");
    expect(await applyStatuses(pool, [delivered])).toEqual({ unmatched: [] });
    expect(await statusesOf(waiting.recipientIds)).toEqual(["delivered"]);
  });
});

test("dispatchers and webhooks keep exact counters and don't deadlock on the same rows", async () => {
  const { organization, claim, recipientIds, broadcastId } = await sendingBroadcast(300);
  const shuffled = recipientIds.toSorted((a, b) => Number(BigInt(a) % 7n) - Number(BigInt(b) % 7n));
  await claim();
  await Promise.all([
    ...chunks(recipientIds, 30).map((ids) => settleRecipients(pool, ids.map(sent))),
    ...(["sent", "read", "delivered"] as const).flatMap((name) =>
      chunks(shuffled, 40).map((ids) =>
        applyStatuses(
          pool,
          ids.map((id) => status(organization.organizationId, id, name)),
        ),
      ),
    ),
  ]);
  const { counters, rows } = await broadcastCounts(owner, broadcastId);
  expect(counters).toEqual(rows);
  expect(counters).toMatchObject({ successful: 300, read: 300 });
});

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}

test("claims, settlements, and statuses leave the broadcast's row as it is", async () => {
  const { claim, recipientIds, broadcastId, organization } = await sendingBroadcast(3);
  const version = async () => {
    const { rows } = await sql<{ ctid: string; xmin: string }>`
      select ctid::text, xmin::text from whatsapp_broadcasts where id = ${broadcastId}
    `.execute(owner);
    return rows[0];
  };
  const before = await version();
  await claim();
  await settleRecipients(pool, recipientIds.map(sent));
  for (const name of ["delivered", "read"] as const) {
    await applyStatuses(
      pool,
      recipientIds.map((id) => status(organization.organizationId, id, name)),
    );
  }
  expect(await version()).toEqual(before);
  const { counters, rows } = await broadcastCounts(owner, broadcastId);
  expect(counters).toEqual({ ...rows, read: 3 });
});

import { randomUUID } from "node:crypto";
import { applyStatuses, type StatusUpdate } from "@loudhailer/db/apply-statuses.ts";
import { archiveAttemptsSql } from "@loudhailer/db/archive-attempts.ts";
import { countMovesSql } from "@loudhailer/db/move-recipients.ts";
import { settleRecipients, type Settlement } from "@loudhailer/db/settle-recipients.ts";
import { broadcastCounts } from "@loudhailer/testing/broadcast-counts.ts";
import { createTestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { useSendingBroadcasts } from "./testing/use-sending-broadcasts.ts";

const { installationId, owner, pool, sendingBroadcast } = await useSendingBroadcasts();

const statuses = [
  "pending",
  "sending",
  "unknown",
  "sent",
  "failed",
  "delivered",
  "read",
  "canceled",
  "skipped",
] as const;
type Status = (typeof statuses)[number];

/** What a message's status or a dispatcher's settlement says about an attempt. */
const news = [
  ["status", "sent"],
  ["status", "delivered"],
  ["status", "read"],
  ["status", "failed"],
  ["settlement", "sent"],
  ["settlement", "failed"],
  ["settlement", "unknown"],
  ["settlement", "pending"],
] as const;
type News = (typeof news)[number][1];

const attempts = ["current", "replaced", "lost", "foreign installation", "foreign organization"];
type Which = (typeof attempts)[number];

const rank: Record<Status, number> = {
  pending: 0,
  sending: 1,
  unknown: 2,
  sent: 3,
  failed: 4,
  delivered: 5,
  read: 6,
  canceled: 9,
  skipped: 9,
};
/** How far a status shows that the person has the message. */
const proof: Partial<Record<Status, number>> = { sent: 1, delivered: 2, read: 3 };
const proofOf = (status: Status) => proof[status] ?? 0;
const isTried = (status: Status) => rank[status] > 0 && rank[status] < 9;

/** Returns the recipient's status after news of an attempt, by the rules and not by the SQL. */
function endOf(which: Which, was: Status, told: News): Status {
  if (which.startsWith("foreign")) return was;
  if (which !== "current") return proofOf(told) > proofOf(was) ? told : was;
  if (told === "pending") return was === "sending" || was === "unknown" ? "pending" : was;
  return rank[told] > rank[was] ? told : was;
}

/** Returns the replaced attempts after the news, by name. */
function archiveAfter(which: Which, was: Status, told: News): Record<string, string> {
  if (which === "current") return {};
  const before = which === "replaced" ? { named: "unknown" } : {};
  if (which.startsWith("foreign")) return before;
  if (told === "pending") return {};
  if (endOf(which, was, told) === was) return { named: told };
  return isTried(was) ? { current: was === "sending" ? "unknown" : was } : {};
}

/** Sets up one recipient for each kind of news, with a current attempt if it was tried. */
async function world(which: Which, was: Status) {
  const { organization, broadcastId, recipientIds } = await sendingBroadcast(news.length);
  const stranger = await createTestOrganization(owner);
  const cells = news.map(([source, told], at) => {
    const recipientId = recipientIds[at] ?? "";
    const current = isTried(was) ? randomUUID() : null;
    const named = which === "current" ? (current ?? "") : randomUUID();
    return { source, told, recipientId, current, named, wamid: `wamid.${recipientId}.named` };
  });
  for (const { recipientId, current, named, wamid } of cells) {
    await owner
      .updateTable("whatsapp_broadcast_recipients")
      .set({
        status: was,
        attempt_id: current,
        attempts: current === null ? 0 : 1,
        wamid: rank[was] > 2 && rank[was] < 9 ? (which === "current" ? wamid : "wamid.own") : null,
        failed_at: was === "failed" ? new Date() : null,
        next_attempt_at: was === "pending" ? new Date() : null,
      })
      .where("id", "=", recipientId)
      .execute();
    if (which !== "replaced") continue;
    await owner
      .insertInto("recipient_attempts")
      .values({
        recipient_id: recipientId,
        attempt_id: named,
        organization_id: organization.organizationId,
        broadcast_id: broadcastId,
        status: "unknown",
      })
      .execute();
  }
  await countRows(broadcastId);
  const organizationId =
    which === "foreign organization" ? stranger.organizationId : organization.organizationId;
  const updates = cells
    .filter(({ source }) => source === "status")
    .map((cell) =>
      statusOf({ ...cell, organizationId, isForeign: which === "foreign installation" }),
    );
  const settlements = cells
    .filter(({ source }) => source === "settlement" && !which.startsWith("foreign"))
    .map(settlementOf);
  return { broadcastId, cells, updates, settlements };
}

async function countRows(broadcastId: string): Promise<void> {
  const { rows } = await broadcastCounts(owner, broadcastId);
  await owner
    .updateTable("whatsapp_broadcasts")
    .set({
      successful_sends: rows?.successful ?? 0,
      failed_sends: rows?.failed ?? 0,
      delivered_count: rows?.delivered ?? 0,
      read_count: rows?.read ?? 0,
      unknown_count: rows?.unknown ?? 0,
      skipped_count: rows?.skipped ?? 0,
      canceled_count: rows?.canceled ?? 0,
    })
    .where("id", "=", broadcastId)
    .execute();
}

interface Cell {
  recipientId: string;
  named: string;
  wamid: string;
  told: News;
}

function statusOf(cell: Cell & { organizationId: string; isForeign: boolean }): StatusUpdate {
  const { organizationId, recipientId, named, wamid, told } = cell;
  const failed = told === "failed";
  return {
    organizationId,
    attempt: {
      installationId: cell.isForeign ? randomUUID() : installationId,
      recipientId,
      attemptId: named,
    },
    wamid,
    status: told === "unknown" || told === "pending" ? "failed" : told,
    at: new Date("2026-11-24T12:00:00Z"),
    errorCode: failed ? "131026" : null,
    errorTitle: failed ? "Message undeliverable" : null,
    errorDetails: null,
    billable: null,
    pricingCategory: null,
  };
}

function settlementOf({ recipientId, named, wamid, told }: Cell): Settlement {
  const attempt = { recipientId, attemptId: named };
  const error = { code: "131026", title: "Refused", details: null } as const;
  if (told === "sent") return { ...attempt, status: told, wamid };
  if (told === "pending") {
    return { ...attempt, status: told, delayMs: 0, countsAsAttempt: true, error: null };
  }
  return { ...attempt, status: told === "failed" ? told : "unknown", error };
}

async function stateOf(broadcastId: string) {
  const { rows } = await sql<{
    id: string;
    status: Status;
    waits: boolean;
    archive: Record<string, string>;
  }>`
    select r.id, r.status, r.next_attempt_at is not null as waits, coalesce((
      select jsonb_object_agg(a.attempt_id, a.status) from recipient_attempts a
      where a.recipient_id = r.id), '{}') as archive, r.attempt_id, r.wamid, r.attempts
    from whatsapp_broadcast_recipients r where r.broadcast_id = ${broadcastId} order by r.id
  `.execute(owner);
  const { counters, rows: counted } = await broadcastCounts(owner, broadcastId);
  expect(counters).toEqual(counted);
  return rows;
}

const cases = attempts.flatMap((which) =>
  statuses.filter((was) => which !== "current" || isTried(was)).map((was) => ({ which, was })),
);

describe("news of an attempt", () => {
  test.each(cases)("of a $was recipient that is $which moves it by the rules", async (each) => {
    const { which, was } = each;
    const { broadcastId, cells, updates, settlements } = await world(which, was);
    const expected = cells.map((cell) => {
      const { source, told, recipientId, named } = cell;
      const isForeign = which.startsWith("foreign");
      const status = isForeign && source === "settlement" ? was : endOf(which, was, told);
      const archive = archiveAfter(which, was, told);
      return {
        told: `${source} ${told}`,
        id: recipientId,
        status,
        waits: status === "pending",
        archive: Object.fromEntries(
          Object.entries(archive).map(([name, of]) => [
            name === "named" ? named : cell.current,
            of,
          ]),
        ),
      };
    });
    const { unmatched } = await applyStatuses(pool, updates);
    expect(unmatched).toEqual(which.startsWith("foreign") ? updates : []);
    await settleRecipients(pool, settlements);
    const after = await stateOf(broadcastId);
    expect(after.map((row, at) => ({ told: expected[at]?.told, ...row }))).toMatchObject(expected);
    expect(after.map(({ archive }) => archive)).toEqual(expected.map(({ archive }) => archive));
    await applyStatuses(pool, updates);
    await settleRecipients(pool, settlements);
    expect(await stateOf(broadcastId)).toEqual(after);
  });
});

/** Claims a recipient, has its attempt replaced by an operator's resend, and claims it again. */
async function resent() {
  const { organization, broadcastId, recipientIds, claim } = await sendingBroadcast(1);
  const { organizationId } = organization;
  const [recipientId = ""] = recipientIds;
  const [first, second] = [randomUUID(), randomUUID()];
  await claim(recipientIds, undefined, first);
  await settleRecipients(pool, [settlementOf({ ...cellOf(recipientId, first), told: "unknown" })]);
  await sql`
    with locked as materialized (
      select r.* from whatsapp_broadcast_recipients r where r.id = ${recipientId} for no key update
    ),
    ${sql.raw(archiveAttemptsSql)},
    moved as (
      update whatsapp_broadcast_recipients r
      set status = 'pending', attempt_id = null, attempts = 0, next_attempt_at = null
      from locked l where r.id = l.id
      returning r.broadcast_id, l.status as old_status, r.status as new_status
    ),
    ${sql.raw(countMovesSql)}
    select 1
  `.execute(owner);
  await claim(recipientIds, undefined, second);
  const tell = async (attemptId: string, source: "status" | "settlement", told: News) => {
    const cell = { ...cellOf(recipientId, attemptId), told };
    if (source === "settlement") await settleRecipients(pool, [settlementOf(cell)]);
    else await applyStatuses(pool, [statusOf({ ...cell, organizationId, isForeign: false })]);
  };
  const row = async () => {
    const [only] = await stateOf(broadcastId);
    return only;
  };
  return { organizationId, recipientId, first, second, tell, row };
}

function cellOf(recipientId: string, attemptId: string) {
  return { recipientId, named: attemptId, wamid: `wamid.${attemptId}` };
}

describe("a recipient with a replaced attempt", () => {
  test("takes that one's message when its current one fails", async () => {
    const { first, second, tell, row } = await resent();
    await tell(second, "settlement", "sent");
    await tell(first, "status", "sent");
    expect(await row()).toMatchObject({ status: "sent", attempt_id: second });
    await tell(second, "status", "failed");
    expect(await row()).toMatchObject({
      status: "sent",
      attempt_id: first,
      wamid: `wamid.${first}`,
      archive: { [second]: "failed" },
    });
  });

  test("keeps its message when a dispatcher puts the other attempt back", async () => {
    const { first, second, tell, row } = await resent();
    await tell(first, "status", "delivered");
    expect(await row()).toMatchObject({ status: "delivered", archive: { [second]: "unknown" } });
    await tell(second, "settlement", "pending");
    expect(await row()).toMatchObject({ status: "delivered", attempt_id: first, archive: {} });
  });

  test("is found by that one's wamid, in its own organization only", async () => {
    const { organizationId, recipientId, first, tell, row } = await resent();
    await tell(first, "settlement", "failed");
    await owner
      .updateTable("recipient_attempts")
      .set({ wamid: "wamid.of-the-first" })
      .where("attempt_id", "=", first)
      .execute();
    const cell = { ...cellOf(recipientId, first), told: "read" as const };
    const base = statusOf({ ...cell, organizationId, isForeign: false });
    const read = { ...base, attempt: null, wamid: "wamid.of-the-first" };
    const stranger = { ...read, organizationId: randomUUID() };
    expect(await applyStatuses(pool, [stranger])).toEqual({ unmatched: [stranger] });
    expect(await row()).toMatchObject({ status: "sending" });
    expect(await applyStatuses(pool, [read])).toEqual({ unmatched: [] });
    expect(await row()).toMatchObject({ status: "read", attempt_id: first });
  });

  test("ignores another program's message that copies that one's callback data", async () => {
    const { organizationId, recipientId, first, tell, row } = await resent();
    await tell(first, "status", "sent");
    await tell(first, "status", "failed");
    const cell = { ...cellOf(recipientId, first), wamid: "wamid.copy", told: "read" as const };
    const copy = statusOf({ ...cell, organizationId, isForeign: false });
    const before = await row();
    expect(await applyStatuses(pool, [copy])).toEqual({ unmatched: [copy] });
    expect(await row()).toEqual(before);
  });

  test("sees what another transaction said of that one while it waited", async () => {
    const { organizationId, recipientId, first, second, tell, row } = await resent();
    await tell(second, "settlement", "sent");
    const cell = { ...cellOf(recipientId, second), told: "failed" as const };
    const named = statusOf({ ...cell, organizationId, isForeign: false });
    let failing: Promise<unknown> = Promise.resolve();
    await owner.transaction().execute(async (trx) => {
      await sql`select from whatsapp_broadcast_recipients where id = ${recipientId} for update`.execute(
        trx,
      );
      // Found by its wamid, it waits in the statement that reads the other attempt.
      failing = applyStatuses(pool, [{ ...named, attempt: null }]);
      await eventually(async () => {
        const { rows } = await sql`
          select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'
        `.execute(owner);
        expect(rows).toHaveLength(1);
      });
      await trx
        .updateTable("recipient_attempts")
        .set({ status: "sent" })
        .where("attempt_id", "=", first)
        .execute();
    });
    await failing;
    expect(await row()).toMatchObject({ status: "sent", attempt_id: first });
  });

  test("ends alike in every order of the news", async () => {
    const all: [0 | 1, "status" | "settlement", News][] = [
      [0, "status", "sent"],
      [0, "status", "failed"],
      [1, "settlement", "sent"],
      [1, "status", "delivered"],
    ];
    for (const told of [all, [...all.slice(0, 3), [1, "status", "failed"] as const]]) {
      const ends = new Set<string>();
      for (const order of permutations(told)) {
        const { first, second, tell, row } = await resent();
        for (const [which, source, what] of order) {
          await tell(which === 0 ? first : second, source, what);
        }
        ends.add((await row())?.status ?? "");
      }
      expect([...ends]).toHaveLength(1);
    }
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, at) =>
    permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]),
  );
}

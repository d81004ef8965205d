import { randomUUID } from "node:crypto";
import { createPool } from "@loudhailer/db/create-pool.ts";
import type { Database } from "@loudhailer/db/database.ts";
import { settleRecipients } from "@loudhailer/db/settle-recipients.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { ownNumber } from "@loudhailer/testing/own-number.ts";
import { sql, type Transaction } from "kysely";
import { describe, expect, test } from "vitest";
import { claimRecipients, releaseClaim, type Claim } from "./claim-recipients.ts";
import { fenceClaims } from "./number-leases.ts";
import { putBack, testClaim, useSendingBroadcasts } from "./testing/use-sending-broadcasts.ts";

const { databaseUrl, owner, pool, dispatcherId, registerDispatcher, sendingBroadcast, statusesOf } =
  await useSendingBroadcasts();

/** Returns a claim of all recipients by the number's owner. */
async function ownClaim(recipients: number) {
  const broadcast = await sendingBroadcast(recipients);
  const { phoneNumberId, recipientIds } = broadcast;
  const epoch = await ownNumber(owner, phoneNumberId, dispatcherId);
  const attempts = recipientIds.map((recipientId) => ({ recipientId, attemptId: randomUUID() }));
  const claim: Claim = { attempts, phoneNumberId, dispatcherId, epoch, seen: null };
  return { ...broadcast, ownClaim: claim };
}

test("each recipient goes to only one claim when many run at once", async () => {
  const { ownClaim: claim, recipientIds } = await ownClaim(200);
  const claims = await Promise.all(
    Array.from({ length: 8 }, (_, at) => {
      const attempts = at % 2 === 0 ? claim.attempts : claim.attempts.toReversed();
      return claimRecipients(pool, { ...claim, attempts });
    }),
  );
  const claimed = claims.flatMap((answer) => answer.claimed.map((row) => row.id));
  expect(new Set(claimed).size).toBe(claimed.length);
  const { claimed: rest } = await claimRecipients(pool, claim);
  expect([...claimed, ...rest.map((row) => row.id)].toSorted()).toEqual(recipientIds.toSorted());
});

test("a recipient put back is not claimed before it is due", async () => {
  const { recipientIds, claim } = await sendingBroadcast(1);
  const [recipientId = ""] = recipientIds;
  await claim();
  await settleRecipients(pool, [putBack(recipientId, testClaim, 60_000)]);
  expect(await claim()).toMatchObject({ claimed: [] });
  await owner
    .updateTable("whatsapp_broadcast_recipients")
    .set({ next_attempt_at: new Date() })
    .where("id", "=", recipientId)
    .execute();
  expect(await claim()).toMatchObject({ claimed: [{ attempts: 1 }] });
});

describe("only the number's owner claims", () => {
  const others: [string, (claim: Claim) => Promise<Claim>][] = [
    [
      "another dispatcher",
      async (claim) => ({ ...claim, dispatcherId: await registerDispatcher(0) }),
    ],
    ["an earlier epoch", async (claim) => ({ ...claim, epoch: "0" })],
    ["a later epoch", async (claim) => ({ ...claim, epoch: "9" })],
    ["another number", async (claim) => ({ ...claim, phoneNumberId: "0" })],
    [
      "an owner whose lease has ended",
      async (claim) => {
        await owner.updateTable("number_leases").set({ expires_at: new Date() }).execute();
        return claim;
      },
    ],
    [
      "an owner who has seen more than the database has",
      async (claim) => {
        const { history } = await claimRecipients(pool, { ...claim, attempts: [] });
        // More than a gigabyte or two, which an integer can't count.
        return { ...claim, seen: { ...history, position: history.position + 1e13 } };
      },
    ],
    [
      "an owner who has seen another timeline",
      async (claim) => {
        const { history } = await claimRecipients(pool, { ...claim, attempts: [] });
        return { ...claim, seen: { ...history, timeline: "00000099" } };
      },
    ],
  ];
  test.each(others)("%s claims nothing", async (_, change) => {
    const { ownClaim: claim, recipientIds } = await ownClaim(2);
    const changed = await change(claim);
    expect(await claimRecipients(pool, changed)).toMatchObject({ claimed: [], isOwner: false });
    expect(await statusesOf(recipientIds)).toEqual(["pending", "pending"]);
    const epoch = await ownNumber(owner, claim.phoneNumberId, dispatcherId);
    const { claimed } = await claimRecipients(pool, { ...claim, epoch });
    expect(claimed).toHaveLength(2);
  });
});

type Change = (trx: Transaction<Database>, broadcastId: string) => Promise<unknown>;

function setStatus(status: "paused" | "canceled"): Change {
  return (trx, broadcastId) =>
    trx.updateTable("whatsapp_broadcasts").set({ status }).where("id", "=", broadcastId).execute();
}

describe("a change that has been answered", () => {
  const changes: [string, Change][] = [
    ["a pause", setStatus("paused")],
    ["a cancellation", setStatus("canceled")],
  ];
  test.each(changes)(
    "%s is obeyed by every claim that starts or continues after",
    async (_, change) => {
      const { ownClaim: claim, broadcastId, recipientIds } = await ownClaim(2);
      await owner.transaction().execute(async (trx) => {
        await change(trx, broadcastId);
        // Nothing waits for the change, and nothing is claimed that it may forbid.
        const { claimed, busy } = await claimRecipients(pool, claim);
        expect(claimed).toEqual([]);
        expect([...busy].toSorted()).toEqual(recipientIds.toSorted());
      });
      const { claimed, busy } = await claimRecipients(pool, claim);
      expect({ claimed, busy: [...busy] }).toEqual({ claimed: [], busy: [] });
    },
  );

  test("an opt-out is obeyed by every claim that starts after", async () => {
    const { ownClaim: claim, broadcastId, organization, recipientIds } = await ownClaim(1);
    const { id: contact_id } = await owner
      .insertInto("contacts")
      .values({
        organization_id: organization.organizationId,
        phone: "+15550300009",
        opted_out_at: new Date(),
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    await owner
      .updateTable("whatsapp_broadcast_recipients")
      .set({ contact_id })
      .where("broadcast_id", "=", broadcastId)
      .execute();
    expect(await claimRecipients(pool, claim)).toMatchObject({ claimed: [], isOwner: true });
    expect(await statusesOf(recipientIds)).toEqual(["skipped"]);
  });

  test("a recipient that another transaction has locked is busy, and claimed afterwards", async () => {
    const { ownClaim: claim, recipientIds } = await ownClaim(2);
    const [locked = "", free = ""] = recipientIds;
    await owner.transaction().execute(async (trx) => {
      await trx
        .selectFrom("whatsapp_broadcast_recipients")
        .where("id", "=", locked)
        .select("id")
        .forUpdate()
        .execute();
      const { claimed, busy } = await claimRecipients(pool, claim);
      expect(claimed.map(({ id }) => id)).toEqual([free]);
      expect([...busy]).toEqual([locked]);
    });
    expect(await claimRecipients(pool, claim)).toMatchObject({ claimed: [{ id: locked }] });
  });
});

test("a release puts back only the recipients of the lost claim, and only once", async () => {
  const { claim, recipientIds } = await sendingBroadcast(2);
  const [lost, other] = [randomUUID(), randomUUID()];
  await claim(recipientIds.slice(0, 1), dispatcherId, lost);
  await claim(recipientIds.slice(1), dispatcherId, other);
  const attempts = recipientIds.map((recipientId) => ({ recipientId, attemptId: lost }));
  await releaseClaim(pool, attempts);
  await releaseClaim(pool, attempts);
  expect(await statusesOf(recipientIds)).toEqual(["pending", "sending"]);
  expect(await claim()).toMatchObject({ claimed: [{ attempts: 1 }] });
});

test("no claim is committed after a fence: one under way is waited for, a later one does nothing", async () => {
  const { ownClaim: claim, recipientIds } = await ownClaim(2);
  const [first, second] = claim.attempts;
  if (!first || !second) throw new Error("there are two recipients");
  // A pool of one connection: the claim runs in its transaction.
  const single = createPool({ connectionString: databaseUrl, role: "loudhailer_engine", max: 1 });
  try {
    await single.query("begin");
    await claimRecipients(single, { ...claim, attempts: [first] });
    const fencing = fenceClaims(pool, claim, dispatcherId);
    await eventually(async () => {
      const { rows } = await sql`
        select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'
          and query like 'update number_leases%'
      `.execute(owner);
      expect(rows).toHaveLength(1);
    });
    await single.query("commit");
    const epoch = (await fencing) ?? "";
    await releaseClaim(pool, claim.attempts);
    const late = await claimRecipients(pool, { ...claim, attempts: [second] });
    expect(late).toMatchObject({ claimed: [], isOwner: false });
    expect(await statusesOf(recipientIds)).toEqual(["pending", "pending"]);
    const { claimed } = await claimRecipients(pool, { ...claim, epoch });
    expect(claimed).toHaveLength(2);
  } finally {
    await single.end();
  }
});

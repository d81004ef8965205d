import { randomUUID } from "node:crypto";
import { settleRecipients, type Settlement } from "@loudhailer/db/settle-recipients.ts";
import { broadcastCounts } from "@loudhailer/testing/broadcast-counts.ts";
import { sql } from "kysely";
import { expect, test } from "vitest";
import type { Attempt, ClaimedRecipient } from "./claim-recipients.ts";
import { createRecentClaims, type RecentClaims } from "./recent-claims.ts";
import { restoreClaims } from "./restore-claims.ts";
import { useSendingBroadcasts } from "./testing/use-sending-broadcasts.ts";
import { rememberedMax, rememberedMs } from "./tuning.ts";

const { owner, pool, dispatcherId, sendingBroadcast, statusesOf } = await useSendingBroadcasts();
const error = { code: "no_answer", title: "No answer", details: null } as const;

/** Brings the rows and counters back to before any claim, as a standby that was behind has them. */
async function loseEverything(broadcastId: string): Promise<void> {
  await sql`
    update whatsapp_broadcast_recipients
    set status = 'pending', attempts = 0, attempt_id = null, claimed_at = null, claimed_by = null,
      wamid = null, sent_at = null, failed_at = null, error_code = null, next_attempt_at = null
    where broadcast_id = ${broadcastId}
  `.execute(owner);
  await sql`delete from broadcast_count_deltas where broadcast_id = ${broadcastId}`.execute(owner);
}

function attemptOf(claimed?: ClaimedRecipient): Attempt {
  return { recipientId: claimed?.id ?? "", attemptId: claimed?.attemptId ?? "" };
}

function settlementsOf([a, b, c, d]: ClaimedRecipient[]): Settlement[] {
  return [
    { ...attemptOf(a), status: "sent", wamid: `wamid.${a?.id}` },
    { ...attemptOf(b), status: "failed", error: { ...error, code: "131026" } },
    { ...attemptOf(c), status: "unknown", error },
    { ...attemptOf(d), status: "pending", delayMs: 0, countsAsAttempt: false, error: null },
  ];
}

function remember(recentClaims: RecentClaims, settlements: readonly Settlement[]): void {
  for (const settlement of settlements) recentClaims.settle(settlement);
  recentClaims.stored(settlements);
}

test.each(["everything", "nothing"])(
  "claims and their ends are written again after the database lost %s",
  async (lost) => {
    const { claim, recipientIds, broadcastId } = await sendingBroadcast(5);
    const { claimed } = await claim(recipientIds, dispatcherId, randomUUID());
    const recentClaims = createRecentClaims();
    recentClaims.add(claimed);
    const ordered = claimed.toSorted((a, b) => Number(a.id) - Number(b.id));
    const settlements = settlementsOf(ordered);
    await settleRecipients(pool, settlements);
    remember(recentClaims, settlements);
    const before = await statusesOf(recipientIds);
    if (lost === "everything") await loseEverything(broadcastId);
    expect(await restoreClaims(pool, dispatcherId, recentClaims)).toBe(5);
    expect(await statusesOf(recipientIds)).toEqual(before);
    // Only the one that was put back may be claimed.
    const ids = (await claim()).claimed.map(({ id }) => id);
    expect(ids).toEqual(recipientIds.slice(3, 4));
    const { counters, rows } = await broadcastCounts(owner, broadcastId);
    expect(counters).toEqual(rows);
  },
);

function claimOf(id: string): ClaimedRecipient {
  return {
    id,
    attemptId: id,
    organizationId: randomUUID(),
    broadcastId: randomUUID(),
    contentVersion: 1,
    phone: "+15550300001",
    variables: [],
    attempts: 1,
  };
}

test("old claims are forgotten when their end is stored, and never while they are under way", () => {
  let now = 0;
  const recentClaims = createRecentClaims(() => now);
  recentClaims.add([claimOf("ended"), claimOf("open")]);
  const { settlement } = {
    settlement: { recipientId: "ended", attemptId: "ended", status: "sent", wamid: "w" } as const,
  };
  remember(recentClaims, [settlement]);
  now = rememberedMs + 1;
  recentClaims.add([claimOf("new")]);
  expect(recentClaims.all().map(({ recipientId }) => recipientId)).toEqual(["open", "new"]);
});

test("no more claims are remembered than fit, unless they are under way", () => {
  const recentClaims = createRecentClaims(() => 0);
  const add = (from: number, count: number) => {
    const claimed = Array.from({ length: count }, (_, n) => claimOf(String(from + n)));
    recentClaims.add(claimed);
    return claimed.map(
      ({ id }) => ({ recipientId: id, attemptId: id, status: "sent", wamid: id }) as const,
    );
  };
  remember(recentClaims, add(0, rememberedMax));
  add(rememberedMax, 10);
  expect(recentClaims.all()).toHaveLength(rememberedMax);
  expect(recentClaims.all()[0]?.recipientId).toBe("10");
});

import { createLogger } from "@loudhailer/runtime/logger.ts";
import { ownNumber } from "@loudhailer/testing/own-number.ts";
import type pg from "pg";
import { expect, test } from "vitest";
import { openClaimer, type ClaimAnswer } from "./claimer.ts";
import { createDatabaseHistory } from "./database-history.ts";
import { createPacer } from "./pacer.ts";
import { createRecentClaims } from "./recent-claims.ts";
import { useSendingBroadcasts } from "./testing/use-sending-broadcasts.ts";

const { owner, pool, dispatcherId, sendingBroadcast, statusesOf } = await useSendingBroadcasts();
const log = createLogger({ service: "test", level: "silent" });

async function openTestClaimer(recipients: number, messagesPerSecond = 10_000, through = pool) {
  const broadcast = await sendingBroadcast(recipients, messagesPerSecond);
  const { phoneNumberId } = broadcast;
  const epoch = await ownNumber(owner, phoneNumberId, dispatcherId);
  const history = createDatabaseHistory();
  const recentClaims = createRecentClaims();
  const pacer = createPacer(messagesPerSecond);
  const claimer = openClaimer(
    { pool: through, dispatcherId, history, recentClaims, log },
    { phoneNumberId, epoch, pacer },
  );
  return { ...broadcast, claimer, recentClaims, history, pacer };
}

function claimedIds(answers: readonly ClaimAnswer[]): string[] {
  return answers.flatMap((answer) => (typeof answer === "object" ? [answer.recipient.id] : []));
}

test("a recipient in several jobs goes to only one of them, at once and later", async () => {
  const { claimer, recipientIds } = await openTestClaimer(3);
  const jobs = [...recipientIds, ...recipientIds, ...recipientIds];
  const answers = await Promise.all(jobs.map((id) => claimer.claim(id)));
  expect(claimedIds(answers).toSorted()).toEqual(recipientIds.toSorted());
  expect(answers.filter((answer) => answer === "gone")).toHaveLength(6);
  const [first = ""] = recipientIds;
  expect(await claimer.claim(first)).toBe("gone");
});

test("no more is claimed than may leave soon, until the claimer closes", async () => {
  const { claimer, recipientIds } = await openTestClaimer(40, 100);
  const answers = recipientIds.map((id) => claimer.claim(id));
  await Promise.race(answers);
  claimer.close();
  const all = await Promise.all(answers);
  expect(claimedIds(all).length).toBeGreaterThan(0);
  expect(claimedIds(all).length).toBeLessThanOrEqual(12);
  expect(all).toContain("closed");
  expect(await claimer.claim("1")).toBe("closed");
});

test("claims are remembered until their end is stored", async () => {
  const { claimer, recipientIds, recentClaims } = await openTestClaimer(1);
  const [recipientId = ""] = recipientIds;
  const answer = await claimer.claim(recipientId);
  if (typeof answer !== "object") throw new Error("the recipient is free");
  const { attemptId } = answer.recipient;
  expect(recentClaims.find({ recipientId, attemptId })).toMatchObject({ settlement: null });
});

/** A pool whose claims are committed, and whose answers are lost as long as `isBroken`. */
function losingAnswers(): { pool: pg.Pool; state: { isBroken: boolean } } {
  const state = { isBroken: true };
  const losing = new Proxy(pool, {
    get(target, key) {
      if (key !== "query") return Reflect.get(target, key, target) as unknown;
      return async (query: pg.QueryConfig) => {
        const answer: unknown = await target.query(query);
        if (state.isBroken && query.name === "claim-recipients") throw new Error("the line is cut");
        return answer;
      };
    },
  });
  return { pool: losing, state };
}

test("a claim whose answer was lost is released, and no recipient stays in sending", async () => {
  const losing = losingAnswers();
  const { claimer, recipientIds } = await openTestClaimer(5, 10_000, losing.pool);
  const answers = await Promise.all(recipientIds.map((id) => claimer.claim(id)));
  expect(answers).toEqual(recipientIds.map(() => "failed"));
  expect(await statusesOf(recipientIds)).toEqual(recipientIds.map(() => "pending"));
  losing.state.isBroken = false;
  const again = await Promise.all(recipientIds.map((id) => claimer.claim(id)));
  expect(claimedIds(again)).toHaveLength(5);
});

test("nothing is claimed while the database lacks what was seen of it", async () => {
  const { claimer, recipientIds, history } = await openTestClaimer(1);
  const [recipientId = ""] = recipientIds;
  const point = { timeline: "00000099", position: 0 };
  history.accept(point);
  let isAnswered = false;
  const claim = claimer.claim(recipientId).finally(() => (isAnswered = true));
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(isAnswered).toBe(false);
  expect(await statusesOf(recipientIds)).toEqual(["pending"]);
  const { rows } = await pool.query<{ timeline: string }>(
    "select substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8) as timeline",
  );
  history.accept({ timeline: rows[0]?.timeline ?? "", position: 0 });
  expect(claimedIds([await claim])).toEqual([recipientId]);
});

/** A pool that gives the answers of claims once `answer` is called. */
function holdingAnswers(): { pool: pg.Pool; isAsked: Promise<void>; answer(): void } {
  const asked = Promise.withResolvers<void>();
  const free = Promise.withResolvers<void>();
  const holding = new Proxy(pool, {
    get(target, key) {
      if (key !== "query") return Reflect.get(target, key, target) as unknown;
      return async (query: pg.QueryConfig) => {
        const result: unknown = await target.query(query);
        if (query.name === "claim-recipients") {
          asked.resolve();
          await free.promise;
        }
        return result;
      };
    },
  });
  return { pool: holding, isAsked: asked.promise, answer: free.resolve };
}

test("recipients whose claim is under way when the claimer closes are handed out, to be put back", async () => {
  const holding = holdingAnswers();
  const { claimer, recipientIds, pacer } = await openTestClaimer(5, 10_000, holding.pool);
  const answers = recipientIds.map((id) => claimer.claim(id));
  await holding.isAsked;
  pacer.close();
  claimer.close();
  holding.answer();
  const all = await Promise.all(answers);
  expect(await statusesOf(recipientIds)).toEqual(recipientIds.map(() => "sending"));
  expect(claimedIds(all)).toEqual(recipientIds);
  const departures = all.flatMap((one) => (typeof one === "object" ? [one.departure] : []));
  expect(await Promise.all(departures)).toEqual(recipientIds.map(() => null));
});

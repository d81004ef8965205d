import { randomUUID } from "node:crypto";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { openClaimer } from "@loudhailer/pacing/claimer.ts";
import { createDatabaseHistory } from "@loudhailer/pacing/database-history.ts";
import { createPacer } from "@loudhailer/pacing/pacer.ts";
import { createRecentClaims } from "@loudhailer/pacing/recent-claims.ts";
import { createLogger } from "@loudhailer/runtime/logger.ts";
import {
  createTestBroadcast,
  createTestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { ownNumber } from "@loudhailer/testing/own-number.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { sql } from "kysely";
import type pg from "pg";
import { afterAll, expect, test } from "vitest";
import { createSettle } from "./create-settle.ts";
import { settleStrayClaims } from "./settle-stray-claims.ts";

const { databaseUrl } = await useTestDatabase();
const owner = createDb(createPool({ connectionString: databaseUrl, max: 2 }));
const pool = createPool({ connectionString: databaseUrl, role: "loudhailer_engine" });
const log = createLogger({ service: "test", level: "silent" });
afterAll(async () => {
  await pool.end();
  await owner.destroy();
});

/** A pool whose claims are committed, and that breaks before their answers until `heal` is called. */
function breakingPool(): { pool: pg.Pool; heal(): void } {
  let isBroken = true;
  const breaking = new Proxy(pool, {
    get(target, key) {
      if (key !== "query") return Reflect.get(target, key, target) as unknown;
      return async (query: pg.QueryConfig) => {
        const isClaim = query.name === "claim-recipients";
        const answer: unknown = isClaim || !isBroken ? await target.query(query) : undefined;
        if (isBroken) throw new Error("the line is cut");
        return answer;
      };
    },
  });
  return { pool: breaking, heal: () => void (isBroken = false) };
}

test("a claim that is being taken back isn't settled as a stray one, and becomes pending", async () => {
  const dispatcherId = randomUUID();
  const number = await createTestOrganization(owner);
  const { broadcastId, recipientIds } = await createTestBroadcast(owner, number, { recipients: 1 });
  const [recipientId = ""] = recipientIds;
  const epoch = await ownNumber(owner, number.phoneNumberId, dispatcherId);
  const recentClaims = createRecentClaims();
  const breaking = breakingPool();
  const claimer = openClaimer(
    { pool: breaking.pool, dispatcherId, history: createDatabaseHistory(), recentClaims, log },
    { phoneNumberId: number.phoneNumberId, epoch, pacer: createPacer(80) },
  );
  const recipient = () =>
    owner
      .selectFrom("whatsapp_broadcast_recipients")
      .where("id", "=", recipientId)
      .select("status")
      .executeTakeFirstOrThrow();
  const answer = claimer.claim(recipientId);
  await eventually(async () => expect(await recipient()).toEqual({ status: "sending" }));
  await owner
    .updateTable("whatsapp_broadcast_recipients")
    .set({ claimed_at: sql<Date>`now() - interval '20 seconds'` })
    .where("id", "=", recipientId)
    .execute();
  await owner
    .updateTable("whatsapp_broadcasts")
    .set({ feed_cursor: recipientId })
    .where("id", "=", broadcastId)
    .execute();
  const settle = createSettle(pool, recentClaims, log);
  await settleStrayClaims({ db: createDb(pool), dispatcherId, recentClaims, settle, log });
  breaking.heal();
  expect(await answer).toBe("failed");
  expect(await recipient()).toEqual({ status: "pending" });
});

import { randomUUID } from "node:crypto";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { createRecentClaims } from "@loudhailer/pacing/recent-claims.ts";
import { createLogger } from "@loudhailer/runtime/logger.ts";
import {
  createTestBroadcast,
  createTestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { afterAll, expect, test } from "vitest";
import { createSettle } from "./create-settle.ts";

const { databaseUrl } = await useTestDatabase();
const owner = createDb(createPool({ connectionString: databaseUrl, max: 2 }));
const pool = createPool({ connectionString: databaseUrl, role: "loudhailer_engine" });
afterAll(async () => {
  await pool.end();
  await owner.destroy();
});

/** Creates an organization with a recipient in an attempt. */
async function attemptUnderWay() {
  const attemptId = randomUUID();
  const organization = await createTestOrganization(owner);
  const { recipientIds } = await createTestBroadcast(owner, organization, { recipients: 1 });
  const [recipientId = ""] = recipientIds;
  await owner
    .updateTable("whatsapp_broadcast_recipients")
    .set({ status: "sending", attempt_id: attemptId, attempts: 1 })
    .where("id", "=", recipientId)
    .execute();
  const statusOf = async () => {
    const row = await owner
      .selectFrom("whatsapp_broadcast_recipients")
      .where("id", "=", recipientId)
      .select("status")
      .executeTakeFirstOrThrow();
    return row.status;
  };
  const settlement = { recipientId, attemptId, status: "sent", wamid: randomUUID() } as const;
  return { settlement, statusOf };
}

test("a recipient that another transaction has locked doesn't hold up the others, and is settled later", async () => {
  const log = createLogger({ service: "test", level: "silent" });
  const settle = createSettle(pool, createRecentClaims(), log);
  const locked = await attemptUnderWay();
  const other = await attemptUnderWay();
  const later = await attemptUnderWay();
  const trx = await owner.startTransaction().execute();
  await trx
    .selectFrom("whatsapp_broadcast_recipients")
    .where("id", "=", locked.settlement.recipientId)
    .select("id")
    .forUpdate()
    .execute();
  let isSettled = false;
  const settled = settle(locked.settlement).then(() => (isSettled = true));
  await settle(other.settlement);
  await settle(later.settlement);
  expect([await other.statusOf(), await later.statusOf()]).toEqual(["sent", "sent"]);
  expect(isSettled).toBe(false);
  await trx.rollback().execute();
  await settled;
  await eventually(async () => expect(await locked.statusOf()).toBe("sent"));
});

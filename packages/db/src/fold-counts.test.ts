import {
  createTestBroadcast,
  createTestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { sql, type Kysely } from "kysely";
import { afterAll, expect, test, vi } from "vitest";
import { createDb } from "./create-db.ts";
import { createPool } from "./create-pool.ts";
import type { Database } from "./database.ts";
import { foldCounts } from "./fold-counts.ts";

const { databaseUrl } = await useTestDatabase();
const owner = createDb(createPool({ connectionString: databaseUrl, max: 4 }));
const engineDb = createDb(
  createPool({ connectionString: databaseUrl, role: "loudhailer_engine", max: 4 }),
);
afterAll(() => Promise.all([owner.destroy(), engineDb.destroy()]));

async function newBroadcast(): Promise<string> {
  const organization = await createTestOrganization(owner);
  const { broadcastId } = await createTestBroadcast(owner, organization, { recipients: 0 });
  return broadcastId;
}

function append(db: Kysely<Database>, broadcastId: string, failed = 1) {
  return db
    .insertInto("broadcast_count_deltas")
    .values({ broadcast_id: broadcastId, failed_sends: failed })
    .execute();
}

async function countsOf(broadcastId: string) {
  const read = (table: "whatsapp_broadcasts" | "counted_broadcasts") =>
    owner
      .selectFrom(table)
      .where("id", "=", broadcastId)
      .select("failed_sends")
      .executeTakeFirstOrThrow();
  const [stored, exact] = await Promise.all([
    read("whatsapp_broadcasts"),
    read("counted_broadcasts"),
  ]);
  return { stored: stored.failed_sends, exact: exact.failed_sends };
}

/** Adds up until no change of the broadcast is left: other databases' transactions delay it. */
async function foldAll(broadcastId: string, fromXid = "0"): Promise<string> {
  let from = fromXid;
  await vi.waitFor(async () => {
    ({ fromXid: from } = await foldCounts(engineDb, from));
    const left = await owner
      .selectFrom("broadcast_count_deltas")
      .where("broadcast_id", "=", broadcastId)
      .select("xid")
      .execute();
    expect(left).toEqual([]);
  });
  return from;
}

test("a change counts at once for readers, and in the broadcast's row once it is added up", async () => {
  const id = await newBroadcast();
  await append(engineDb, id, 3);
  expect(await countsOf(id)).toEqual({ stored: 0, exact: 3 });
  await foldAll(id);
  expect(await countsOf(id)).toEqual({ stored: 3, exact: 3 });
});

test("changes are added up once by many processes at the same time", async () => {
  const id = await newBroadcast();
  for (let round = 0; round < 5; round++) {
    await Promise.all([
      ...Array.from({ length: 10 }, () => append(engineDb, id)),
      ...Array.from({ length: 4 }, () => foldCounts(engineDb, "0")),
    ]);
  }
  await foldAll(id);
  expect(await countsOf(id)).toEqual({ stored: 50, exact: 50 });
});

test("a change of a transaction that was open meanwhile is added up after its commit", async () => {
  const id = await newBroadcast();
  const { fromXid } = await owner.transaction().execute(async (trx) => {
    await append(trx, id, 2);
    await append(engineDb, id, 5);
    // The later transaction has ended, but its change waits for the earlier one.
    const folded = await foldCounts(engineDb, "0");
    expect(await countsOf(id)).toEqual({ stored: 0, exact: 5 });
    return folded;
  });
  expect(await countsOf(id)).toEqual({ stored: 0, exact: 7 });
  await foldAll(id, fromXid);
  expect(await countsOf(id)).toEqual({ stored: 7, exact: 7 });
});

test("a dump restored into a cluster with lower transaction numbers loses and repeats no change", async () => {
  const id = await newBroadcast();
  const far = "9000000000000000";
  await sql`update whatsapp_broadcasts set counted_xid = ${far} where id = ${id}`.execute(owner);
  await sql`
    insert into broadcast_count_deltas (broadcast_id, xid, failed_sends)
    values (${id}, (${far}::numeric + 7)::text::xid8, 4)
  `.execute(owner);
  await append(engineDb, id, 2);
  const fromXid = await foldAll(id, "9000000000000009");
  expect(await countsOf(id)).toEqual({ stored: 6, exact: 6 });
  await append(engineDb, id, 1);
  await foldAll(id, fromXid);
  expect(await countsOf(id)).toEqual({ stored: 7, exact: 7 });
});
